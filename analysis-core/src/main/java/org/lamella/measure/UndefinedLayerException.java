package org.lamella.measure;

/** A layer for which a measure has no value, whatever the other layer; the message is the reason, without the layer's name. */
final class UndefinedLayerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UndefinedLayerException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
