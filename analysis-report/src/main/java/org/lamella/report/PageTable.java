package org.lamella.report;

import java.util.List;

/**
 * A table of the page: a name in the first column, then texts, then numbers.
 *
 * @param headings of all columns
 * @param texts how many columns, from the first on, are text; the others are numbers, at the right of their column
 */
record PageTable(List<String> headings, int texts, List<List<String>> rows) {
    PageTable {
        headings = List.copyOf(headings);
        rows = List.copyOf(rows);
    }

    void write(Html html) {
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        for (int column = 0; column < headings.size(); column++) {
            if (column < texts) {
                html.element("th", headings.get(column), "scope", "col");
            } else {
                html.element("th", headings.get(column), "scope", "col", "class", "number");
            }
        }
        html.close().close().open("tbody").line();
        for (List<String> row : rows) {
            html.open("tr");
            for (int column = 0; column < row.size(); column++) {
                if (column == 0) {
                    html.element("th", row.get(column), "scope", "row");
                } else if (column < texts) {
                    html.element("td", row.get(column));
                } else {
                    html.element("td", row.get(column), "class", "number");
                }
            }
            html.close().line();
        }
        html.close().close().close().line();
    }
}
