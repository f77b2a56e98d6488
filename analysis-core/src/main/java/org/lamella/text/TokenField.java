package org.lamella.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What transformers take of a text, one whole number a position, by the usual names of their inputs. */
public enum TokenField {
    /** The token's number in the vocabulary. */
    INPUT_IDS,
    /** 1 for a token, 0 for padding. */
    ATTENTION_MASK,
    /** Which of two texts the token belongs to; 0, where a text stands alone. */
    TOKEN_TYPE_IDS,
    /** The token's place among the tokens of its text, from 0; 0 for padding. */
    POSITION_IDS;

    /** The field that an input of a model asks for by its name. */
    public static Optional<TokenField> ofInput(String name) {
        return Arrays.stream(values())
                .filter(field -> field.toString().equals(name))
                .findFirst();
    }

    /** Names of all inputs that texts can feed. */
    public static List<String> names() {
        return Arrays.stream(values()).map(TokenField::toString).toList();
    }

    /** The input's name. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
