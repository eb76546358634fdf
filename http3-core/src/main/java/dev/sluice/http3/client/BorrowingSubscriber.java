package dev.sluice.http3.client;

import java.net.http.HttpResponse.BodySubscriber;

/**
 * A subscriber that is done with the buffers of an item when {@code onNext} returns: it has written
 * them somewhere, or copied what it needs. When it has asked for everything, the client uses their
 * memory again for what arrives next, where it otherwise leaves them to the subscriber and takes
 * new memory for each.
 *
 * @param <T> what the content becomes
 */
public interface BorrowingSubscriber<T> extends BodySubscriber<T> {}
