package org.lamella.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every relative link and image leads to something. Links into the network are not followed. */
class LinksTest {
    /** {@code [text](target)} and {@code ![text](target)}; the text may itself be an image. */
    private static final Pattern INLINE = Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\s*\\)");

    private static final Pattern REFERENCE = Pattern.compile("^ {0,3}\\[[^\\]]+\\]:\\s*<?(\\S+?)>?\\s*$");
    private static final Pattern HTML = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
    private static final Pattern ABSOLUTE = Pattern.compile("[a-z][a-z+.-]*:.*");

    record Link(Page page, int line, String target) {
        @Override
        public String toString() {
            return Page.place(page.file(), line) + " " + target;
        }
    }

    static List<Link> relativeLinks() {
        List<Link> links = new ArrayList<>();
        for (Page page : Page.all()) {
            for (int i = 0; i < page.prose().size(); i++) {
                int line = i + 1;
                String text = Page.withoutCode(page.prose().get(i));
                Stream.of(INLINE, REFERENCE, HTML)
                        .flatMap(form -> form.matcher(text).results())
                        .map(found -> found.group(1))
                        .filter(target -> !ABSOLUTE.matcher(target).matches())
                        .forEach(target -> links.add(new Link(page, line, target)));
            }
        }
        return links;
    }

    @ParameterizedTest
    @MethodSource("relativeLinks")
    void link_relative_leadsToAFileAndItsHeading(Link link) {
        String[] parts = link.target().split("#", 2);
        Path target = parts[0].isEmpty()
                ? link.page().file()
                : link.page().file().resolveSibling(parts[0]).normalize();

        assertThat(target).as(link.toString()).startsWithRaw(Page.root()).exists();
        if (parts.length == 2 && Files.isRegularFile(target)) {
            assertThat(Page.read(target).anchors()).as(link.toString()).contains(parts[1]);
        }
    }
}
