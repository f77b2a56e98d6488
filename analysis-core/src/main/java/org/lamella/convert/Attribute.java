package org.lamella.convert;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import org.nd4j.shade.protobuf.ByteString;

/** Attributes of ONNX nodes. */
final class Attribute {
    private Attribute() {}

    static AttributeProto of(String name, long value) {
        return begin(name, AttributeType.INT).setI(value).build();
    }

    static AttributeProto of(String name, double value) {
        return begin(name, AttributeType.FLOAT).setF((float) value).build();
    }

    static AttributeProto of(String name, String value) {
        return begin(name, AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto of(String name, long[] values) {
        List<Long> all = Arrays.stream(values).boxed().toList();
        return begin(name, AttributeType.INTS).addAllInts(all).build();
    }

    private static AttributeProto.Builder begin(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
