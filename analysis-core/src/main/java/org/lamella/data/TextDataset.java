package org.lamella.data;

/** Examples that are texts, for models that come with a tokenizer. */
public non-sealed interface TextDataset extends Examples {
    /** The text of an example; never empty. */
    String text(int example);
}
