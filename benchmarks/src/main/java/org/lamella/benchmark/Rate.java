package org.lamella.benchmark;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Floating-point operations done, shown by JMH as a rate beside the benchmark's own: GFLOP/s, of all threads together. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Rate {
    /** Billions of operations since the iteration began. JMH asks for a public field and sets it to zero. */
    public double gigaflop;

    /** Counts operations that were just done; a multiplication and an addition are two. */
    public void add(double operations) {
        gigaflop += operations * 1e-9;
    }
}
