/**
 * Connections to brokers, as devices make them. Alone in knowing the MQTT client and what it sees of TLS. Tells what a broker did;
 * never judges it, opens a file or writes a log. Start with {@link org.devpki.mqtt.Connector}.
 */
@NullMarked
package org.devpki.mqtt;

import org.jspecify.annotations.NullMarked;
