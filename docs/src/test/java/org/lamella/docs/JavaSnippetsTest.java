package org.lamella.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every Java block in the documentation compiles: its imports, and the rest as the body of a method. */
class JavaSnippetsTest {
    @TempDir
    private Path classes;

    @Test
    void javaBlocks_documented_compile() throws IOException {
        List<Page.Block> blocks = Page.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals("java"))
                .toList();
        List<Snippet> snippets = blocks.stream()
                .map(block -> new Snippet("Snippet" + blocks.indexOf(block), block))
                .toList();

        assertThat(snippets).isNotEmpty();
        assertThat(problems(snippets)).isEmpty();
    }

    @Test
    void javaBlock_withUnknownMethod_isReportedAtItsLine() throws IOException {
        var block = new Page.Block(
                Page.root().resolve("README.md"),
                41,
                "java",
                List.of("import org.lamella.similarity.Cka;", "", "Cka.noSuchMethod();"));

        assertThat(problems(List.of(new Snippet("Broken", block))))
                .singleElement()
                .asString()
                .startsWith("README.md:43")
                .contains("noSuchMethod");
    }

    private List<String> problems(List<Snippet> snippets) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        try (var files = compiler.getStandardFileManager(found, Locale.ROOT, null)) {
            compiler.getTask(
                            new StringWriter(),
                            files,
                            found,
                            List.of(
                                    "-proc:none",
                                    "-Xlint:deprecation",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            snippets)
                    .call();
        }
        return found.getDiagnostics().stream().map(JavaSnippetsTest::told).toList();
    }

    private static String told(Diagnostic<? extends JavaFileObject> problem) {
        String place = problem.getSource() instanceof Snippet snippet ? snippet.place(problem.getLineNumber()) : "";
        return place + ": " + problem.getMessage(Locale.ROOT);
    }

    /** A block as a class whose lines are numbered as in the block, after one line of its own. */
    private static final class Snippet extends SimpleJavaFileObject {
        private final String name;
        private final Page.Block block;

        Snippet(String name, Page.Block block) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.name = name;
            this.block = block;
        }

        String place(long line) {
            return Page.place(block.file(), block.line() + (int) line - 2);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            long imports = block.lines().stream()
                    .takeWhile(line -> line.startsWith("import ") || line.isBlank())
                    .count();
            return block.lines().stream().limit(imports).collect(Collectors.joining("\n", imports > 0 ? "\n" : "", ""))
                    + " class %s { static void run() throws Exception {\n".formatted(name)
                    + block.lines().stream().skip(imports).collect(Collectors.joining("\n"))
                    + "\n}}\n";
        }
    }
}
