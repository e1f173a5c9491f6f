/**
 * Deeds: each class does one thing that an operator asks for, a step a line, and joins what the lower rooms know. Start
 * with {@link org.devpki.app.Workshop}, which opens what they need, and {@link org.devpki.app.IssueDevice}.
 */
@NullMarked
package org.devpki.app;

import org.jspecify.annotations.NullMarked;
