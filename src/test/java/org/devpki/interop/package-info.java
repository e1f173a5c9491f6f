/**
 * Other people's programs read what devpki wrote: brokers, command lines and libraries that a fleet meets. Each test
 * runs the jar in a process of its own. Start at {@link org.devpki.interop.MosquittoIT}.
 */
package org.devpki.interop;
