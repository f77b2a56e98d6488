package org.lamella.cli;

/** A command that talks to the user while it works. */
interface Reporting {
    ConsoleOptions console();
}
