package io.github.eventbuffer.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Throws the {@link StackOverflowError} of an append before it has taken anything. Within a lock
 * there may be stack enough to take it, and not enough to give it back: then it is held for good.
 *
 * <p>On entry to a method, HotSpot asks for the stack of its frame as the interpreter would lay it
 * out, also where the JIT compiled it, since it may have to become one again. So a method with many
 * local variables asks for much, and compiled it costs a store in each page of that. In Java each
 * of them would have to be written down; this one's class is made here, byte by byte.
 */
final class StackProbe {
  /**
   * What is asked for: more than an append takes in the interpreter. With some 32 KB, the stores
   * would push each other out of the processor's cache.
   */
  private static final int STACK_BYTES = 16 << 10;

  /**
   * A method of this length is never compiled into its caller: only its own frame shall be large.
   */
  private static final int CODE_BYTES = 400;

  private static final int CLASS_FILE = 0xcafe_babe;

  /** Of Java 5, whose code needs no tables for the verifier. */
  private static final int VERSION = 49;

  private static final int PUBLIC_STATIC = 0x0009;
  private static final int SUPER = 0x0020;
  private static final byte UTF8 = 1;
  private static final byte CLASS = 7;
  private static final byte METHOD = 10;
  private static final byte NAME_AND_TYPE = 12;

  private static final MethodHandle ENSURE = define();

  /** Always 0, but the JIT must not know: a method that calls none asks for no stack. */
  private static int calls;

  private StackProbe() {}

  /** Returns when there is stack enough for an append, and throws where there is not. */
  static void ensure() {
    try {
      ENSURE.invokeExact(calls);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle define() {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      String name = StackProbe.class.getName().replace('.', '/') + "$Frame";
      return lookup.findStatic(
          lookup.defineClass(classFile(name)),
          "ensure",
          MethodType.methodType(void.class, int.class));
    } catch (IOException | ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** {@code static void ensure(int calls) { if (calls > 0) Thread.yield(); }}, and what is said. */
  private static byte[] classFile(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(CLASS_FILE);
    out.writeInt(VERSION);
    String[] names = {
      name, "java/lang/Object", "java/lang/Thread", "yield", "()V", "ensure", "(I)V"
    };
    // Constants count from 1: the names, "Code", then those that are made of names.
    out.writeShort(names.length + 7);
    for (String each : names) {
      out.writeByte(UTF8);
      out.writeUTF(each);
    }
    out.writeByte(UTF8);
    out.writeUTF("Code"); // 8
    for (int type = 1; type <= 3; type++) {
      out.writeByte(CLASS); // 9, 10, 11
      out.writeShort(type);
    }
    out.writeByte(NAME_AND_TYPE); // 12
    out.writeShort(4);
    out.writeShort(5);
    out.writeByte(METHOD); // 13
    out.writeShort(11);
    out.writeShort(12);
    out.writeShort(SUPER);
    out.writeShort(9);
    out.writeShort(10);
    out.writeInt(0); // no interfaces, no fields
    out.writeShort(1);
    out.writeShort(PUBLIC_STATIC);
    out.writeShort(6);
    out.writeShort(7);
    out.writeShort(1);
    out.writeShort(8);
    out.writeInt(12 + CODE_BYTES);
    out.writeShort(1); // the depth of its stack
    out.writeShort(STACK_BYTES / Long.BYTES); // its local variables
    out.writeInt(CODE_BYTES);
    byte[] code = new byte[CODE_BYTES]; // a zero does nothing
    code[0] = 0x1a; // iload_0
    code[1] = (byte) 0x9e; // ifle, 6 on
    code[3] = 6;
    code[4] = (byte) 0xb8; // invokestatic 13
    code[6] = 13;
    code[CODE_BYTES - 1] = (byte) 0xb1; // return
    out.write(code);
    out.writeInt(0); // no exceptions, no attributes of the code
    out.writeShort(0);
    return bytes.toByteArray();
  }
}
