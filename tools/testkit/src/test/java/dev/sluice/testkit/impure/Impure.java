package dev.sluice.testkit.impure;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One class for each way of reaching what is around a program. */
final class Impure {
  private Impure() {}

  static final class Nano {
    long get() {
      return System.nanoTime();
    }
  }

  static final class NanoReference {
    LongSupplier get() {
      return System::nanoTime;
    }
  }

  static final class Lambda {
    Supplier<Object> get() {
      return () -> Instant.now();
    }
  }

  static final class NewRandom {
    Object get() {
      return new Random(1);
    }
  }

  static final class FieldType {
    SecureRandom random;
  }

  static final class AmbientClock {
    Object get() {
      return Clock.systemUTC();
    }
  }

  static final class Uuid {
    Object get() {
      return UUID.randomUUID();
    }
  }

  static final class LocalRandom {
    int get() {
      return ThreadLocalRandom.current().nextInt();
    }
  }

  static final class Lock {
    Object get() {
      return new ReentrantLock();
    }
  }

  static final class Sleep {
    void get() throws InterruptedException {
      Thread.sleep(1);
    }
  }

  static final class SynchronizedMethod {
    synchronized void get() {}
  }

  static final class SynchronizedBlock {
    int get() {
      synchronized (this) {
        return hashCode();
      }
    }
  }

  static final class VolatileField {
    volatile int shared;
  }

  static final class Resolve {
    Object get() {
      return new InetSocketAddress("localhost", 1);
    }
  }

  static final class Print {
    void get() {
      System.err.println();
    }
  }

  static final class Today {
    Object get() {
      return new java.util.Date();
    }
  }

  /** What is allowed: data types of the same packages, and System.arraycopy. */
  static final class Pure {
    Object get(byte[] address) {
      System.arraycopy(address, 0, address, 0, 0);
      return TimeUnit.SECONDS.toNanos(1) + new java.util.Date(0).getTime();
    }

    InetSocketAddress socketAddress(java.net.InetAddress address) {
      return new InetSocketAddress(address, 443);
    }
  }
}
