/** What {@code scripts/bench} needs beside the program itself. Nothing here is a test. */
package org.devpki.bench;
