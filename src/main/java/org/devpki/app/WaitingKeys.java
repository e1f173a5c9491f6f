package org.devpki.app;

import java.util.function.Supplier;
import org.devpki.keys.KeyPool;
import org.devpki.model.BatchId;
import org.devpki.model.Checkpoint;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/** The keys of a batch's devices that wait here, sealed in the key pool's folder, for certificates from elsewhere. */
final class WaitingKeys {
    private final Workshop shop;
    private final BatchId batch;

    WaitingKeys(Workshop shop, BatchId batch) {
        this.shop = shop;
        this.batch = batch;
    }

    /** The device's key, or else a new one, which is kept before anybody has it. */
    MadeKey ofOrNew(DeviceId device, Supplier<MadeKey> source) {
        if (!pool().isKept(batch.value(), device.folderName())) {
            try (MadeKey made = source.get();
                    SecretBytes secret = made.toKeep()) {
                pool().keep(batch.value(), device.folderName(), secret);
            }
            shop.surroundings().checkpoint().reached(Checkpoint.Step.REQUEST_1_KEY_KEPT);
        }
        return of(device);
    }

    /** @throws DevpkiException CONFLICT if there is none */
    MadeKey of(DeviceId device) {
        try (SecretBytes secret = pool().kept(batch.value(), device.folderName())
                .orElseThrow(() -> DevpkiException.conflict(
                        "no key of " + device + " waits here for a certificate of batch " + batch))) {
            return MadeKey.ofKept(secret);
        }
    }

    void forget(DeviceId device) {
        pool().forget(batch.value(), device.folderName());
    }

    private KeyPool pool() {
        return shop.keyPool();
    }
}
