package org.jobtrail.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jobtrail.body.Body;
import org.jobtrail.body.FileBody;

/** The pages of a list until it has been dealt with: a little of them in memory, the rest in files, however small each one is. */
final class KeptPages {

    private final List<Body> pages = new ArrayList<>();
    private long inMemory;
    private FileBody overflow;

    Body keep(Body page) {
        if (!page.takesMemory() || inMemory + page.length() <= Body.IN_MEMORY) {
            inMemory += page.takesMemory() ? page.length() : 0;
            pages.add(page);
            return page;
        }
        try (InputStream content = page.stream()) {
            if (overflow == null) {
                overflow = FileBody.create();
                pages.add(overflow);
            }
            long from = overflow.length();
            byte[] bytes = content.readAllBytes();
            overflow.append(bytes, bytes.length);
            return overflow.part(from, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True where what stands in them can be read for longer than they are kept. */
    boolean areInMemory() {
        return pages.stream().allMatch(Body::takesMemory);
    }

    void keepOnly(List<ListElement> elements) {
        for (Body page : pages) {
            page.keepOnly(
                    elements.stream().filter(element -> element.page() == page).toList());
        }
    }

    void close() {
        pages.forEach(Body::close);
        pages.clear();
        overflow = null;
        inMemory = 0;
    }
}
