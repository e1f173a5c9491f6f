package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.devpki.model.DevpkiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InOrderTest {
    private static final List<Integer> THINGS = IntStream.range(0, 100).boxed().toList();

    @Test
    void resultsComeInOrderWhicheverIsDoneFirst() {
        CountDownLatch second = new CountDownLatch(1);
        List<Integer> results = new ArrayList<>();

        int left = InOrder.each(
                THINGS,
                4,
                thing -> {
                    if (thing == 0) {
                        await(second);
                    } else {
                        second.countDown();
                    }
                    return thing;
                },
                results::add,
                () -> false);

        assertEquals(THINGS, results);
        assertEquals(0, left);
    }

    @Test
    void whatIsBegunWhenItIsStoppedIsEndedAndHandedOn() {
        List<Integer> results = new ArrayList<>();

        int left = InOrder.each(THINGS, 4, thing -> thing, results::add, () -> results.size() == 10);

        assertEquals(THINGS.subList(0, results.size()), results);
        assertTrue(results.size() > 10, results::toString);
        assertEquals(100, results.size() + left);
    }

    @Test
    void afterAFailureNothingGoesOnBehindTheCallersBack() {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();

        assertThrows(
                DevpkiException.class,
                () -> InOrder.each(
                        THINGS,
                        4,
                        thing -> {
                            atWork.incrementAndGet();
                            pause();
                            return ended.incrementAndGet();
                        },
                        result -> {
                            throw DevpkiException.storeFailed("nobody takes results");
                        },
                        () -> false));

        int then = ended.get();
        assertEquals(atWork.get(), then);
        assertTrue(then < 20, () -> then + " of 100 were worked on");
        pause();
        assertEquals(then, ended.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
