/**
 * What message brokers and clouds need to be told, in their own words. Writes text; talks to no broker. Start with
 * {@link org.devpki.broker.KickScript}.
 */
@NullMarked
package org.devpki.broker;

import org.jspecify.annotations.NullMarked;
