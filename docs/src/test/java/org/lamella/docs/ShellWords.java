package org.lamella.docs;

import java.util.ArrayList;
import java.util.List;

/** Splits command lines as a POSIX shell does, as far as documentation needs it: quotes, comments, the end of a command. */
final class ShellWords {
    private static final String ENDS_COMMAND = "|&;<>";

    private ShellWords() {}

    /** The lines of a block, those that end with a backslash joined with the next one. */
    static List<String> logicalLines(List<String> lines) {
        List<String> joined = new ArrayList<>();
        var current = new StringBuilder();
        for (String line : lines) {
            if (line.endsWith("\\")) {
                current.append(line, 0, line.length() - 1);
            } else {
                joined.add(current.append(line).toString());
                current.setLength(0);
            }
        }
        return joined;
    }

    /** The words of the first command of a line, without quotes; a comment and what follows the command are dropped. */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        var word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char letter = line.charAt(i);
            if (quote != 0) {
                if (letter == quote) {
                    quote = 0;
                } else {
                    word.append(letter);
                }
            } else if (letter == '\'' || letter == '"') {
                quote = letter;
                inWord = true;
            } else if (Character.isWhitespace(letter)) {
                if (inWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                inWord = false;
            } else if ((letter == '#' && !inWord) || ENDS_COMMAND.indexOf(letter) >= 0) {
                break;
            } else {
                word.append(letter);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote is never closed: " + line);
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
