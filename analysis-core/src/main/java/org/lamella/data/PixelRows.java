package org.lamella.data;

/** An image that is read row by row. */
interface PixelRows {
    int channels();

    int height();

    int width();

    /**
     * Reads a row.
     *
     * @param row from 0, the top
     * @param into channels × width, the channels one after the other
     */
    void read(int row, float[] into);

    /** An image that is in memory, channels × height × width. */
    static PixelRows of(float[] image, int channels, int height, int width) {
        return new PixelRows() {
            @Override
            public int channels() {
                return channels;
            }

            @Override
            public int height() {
                return height;
            }

            @Override
            public int width() {
                return width;
            }

            @Override
            public void read(int row, float[] into) {
                for (int channel = 0; channel < channels; channel++) {
                    System.arraycopy(image, (channel * height + row) * width, into, channel * width, width);
                }
            }
        };
    }
}
