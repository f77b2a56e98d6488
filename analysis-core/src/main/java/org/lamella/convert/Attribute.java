package org.lamella.convert;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import org.nd4j.shade.protobuf.ByteString;

/** Attributes of ONNX nodes. */
public final class Attribute {
    private Attribute() {}

    /** A whole number. */
    public static AttributeProto of(String name, long value) {
        return begin(name, AttributeType.INT).setI(value).build();
    }

    /** A float32. */
    public static AttributeProto of(String name, double value) {
        return begin(name, AttributeType.FLOAT).setF((float) value).build();
    }

    /** A text. */
    public static AttributeProto of(String name, String value) {
        return begin(name, AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** Whole numbers. */
    public static AttributeProto of(String name, long[] values) {
        return of(name, Arrays.stream(values).boxed().toList());
    }

    /** Whole numbers. */
    public static AttributeProto of(String name, List<Long> values) {
        return begin(name, AttributeType.INTS).addAllInts(values).build();
    }

    private static AttributeProto.Builder begin(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
