package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import java.io.IOException;

/** Changes of pages that go into the log as they come, in as few entries as they fit into. */
final class LoggedPages {
    private final BackingStore store;
    private final VhdxLog log;
    private PageSet pages;

    LoggedPages(BackingStore store, VhdxLog log) {
        this.store = store;
        this.log = log;
        this.pages = new PageSet(store);
    }

    /** Where to put what touches so many pages at most, and belongs together. */
    PageSet room(int count) throws IOException {
        if (pages.count() + count > log.pagesMax()) {
            finish();
        }
        return pages;
    }

    /** Everything that was put is durable. */
    void finish() throws IOException {
        if (!pages.isEmpty()) {
            log.append(pages);
            pages = new PageSet(store);
        }
    }
}
