/**
 * What the certificates of a device and its CAs lack for a cloud, by what the clouds' documentation says. Judges and changes
 * nothing. Start with {@link org.devpki.ca.cloud.CloudRules}.
 */
@NullMarked
package org.devpki.ca.cloud;

import org.jspecify.annotations.NullMarked;
