package org.devpki.app;

import java.util.Map;
import java.util.Optional;
import org.devpki.model.DeviceId;
import org.devpki.model.SecretBytes;

/** Where new passwords go: the one place that ever has them. */
public interface PasswordDelivery {
    /** What an earlier run left there for a device. */
    Optional<SecretBytes> there(DeviceId name);

    /** Returns when all of them are where they belong, durably; takes the place of what was there for the same devices. */
    void deliver(Map<DeviceId, SecretBytes> passwords);
}
