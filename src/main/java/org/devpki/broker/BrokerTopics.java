package org.devpki.broker;

/** Which topics are a device's own; everything that a broker is told of them comes from here. */
final class BrokerTopics {
    private BrokerTopics() {}

    /** @param name what the broker puts a device's name in the place of, such as {@code %u} */
    static String ofDevice(String name) {
        return "devices/" + name + "/#";
    }
}
