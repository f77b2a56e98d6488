package org.lamella.model;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory the machine, or the container that the program runs in, has free. */
public final class FreeMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");

    private FreeMemory() {}

    /** Bytes that can be had now, those that only hold copies of files among them where the system tells. */
    public static long bytes() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        // Of a container these are its own numbers.
        long free = system.getFreeMemorySize();
        OptionalLong machine = lineOf("MemTotal:");
        boolean contained = machine.isPresent() && system.getTotalMemorySize() < machine.getAsLong();
        return contained ? free : lineOf("MemAvailable:").orElse(free);
    }

    private static OptionalLong lineOf(String name) {
        if (!Files.isReadable(LINUX)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(LINUX).stream()
                    .filter(line -> line.startsWith(name) && line.endsWith(" kB"))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length(), line.length() - 3)
                                    .strip())
                            << 10)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
