package org.lamella.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Texts as tokens, all padded to one number of positions. */
public final class TokenBatch {
    private final int length;
    private final Padding padding;
    private final List<long[]> ids;
    private final List<long[]> types;
    private final BitSet cut;

    /**
     * @param ids for each text, its tokens
     * @param types for each text, as many
     * @param cut which of the texts were longer than the tokenizer allows
     */
    TokenBatch(int length, Padding padding, List<long[]> ids, List<long[]> types, BitSet cut) {
        this.length = length;
        this.padding = padding;
        this.ids = ids;
        this.types = types;
        this.cut = cut;
    }

    /** Number of texts. */
    public int examples() {
        return ids.size();
    }

    /** Positions of every text, padding counted. */
    public int length() {
        return length;
    }

    /** Whether a text was longer than the tokenizer allows, and lost what was over. */
    public boolean isCut(int example) {
        return cut.get(example);
    }

    /** Number of tokens of a text. */
    public int count(int example) {
        return ids.get(example).length;
    }

    /** For each position of a text, whether it holds a token. */
    public boolean[] mask(int example) {
        boolean[] mask = new boolean[length];
        int first = first(example);
        for (int token = 0; token < count(example); token++) {
            mask[first + token] = true;
        }
        return mask;
    }

    private int first(int example) {
        return padding.isLeft() ? length - count(example) : 0;
    }

    /** What a model takes of some adjacent texts: examples × positions, row by row. */
    public long[] values(TokenField field, int first, int examples) {
        long[] values = new long[Math.multiplyExact(examples, length)];
        long blank = field == TokenField.INPUT_IDS ? padding.id() : 0;
        Arrays.fill(values, blank);
        for (int i = 0; i < examples; i++) {
            int example = first + i;
            int at = i * length + first(example);
            for (int token = 0; token < count(example); token++) {
                values[at + token] = switch (field) {
                    case INPUT_IDS -> ids.get(example)[token];
                    case ATTENTION_MASK -> 1;
                    case TOKEN_TYPE_IDS -> types.get(example)[token];
                    case POSITION_IDS -> token;
                };
            }
        }
        return values;
    }

    @Override
    public String toString() {
        return examples() + " texts in " + length + " positions";
    }
}
