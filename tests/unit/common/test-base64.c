/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base64: RFC 4648's own vectors, all bytes there and back, and what is no base64. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base64.h"

static void the_vectors_of_the_rfc(void **state)
{
    static const char *const vectors[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        char *text = base64_encode(vectors[i][0], strlen(vectors[i][0]));
        uint8_t *bytes;
        size_t size;

        assert_string_equal(text, vectors[i][1]);
        assert_int_equal(base64_decode(text, strlen(text), &bytes, &size), 0);
        assert_int_equal(size, strlen(vectors[i][0]));
        assert_memory_equal(bytes, vectors[i][0], size);
        free(bytes);
        free(text);
    }
}

static void every_byte_comes_back(void **state)
{
    uint8_t all[256], *bytes;
    size_t size;
    char *text;

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)i;
    text = base64_encode(all, sizeof(all));
    assert_int_equal(base64_decode(text, strlen(text), &bytes, &size), 0);
    assert_int_equal(size, sizeof(all));
    assert_memory_equal(bytes, all, size);
    free(bytes);
    free(text);
}

static void what_is_no_base64(void **state)
{
    static const char *const texts[] = {
        "Z",    "Zg",   "Zg=",   "====",     "Z===", "Zh==",
        "Zm9=", "Zm 9", "Zm9\n", "Zg==Zg==", "Z=g=", "Zm9v\xff\xff\xff\xff",
        "Zm-_",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint8_t untouched = 1, *bytes = &untouched;
        size_t size = 7;

        assert_int_equal(base64_decode(texts[i], strlen(texts[i]), &bytes, &size), -EBADMSG);
        assert_ptr_equal(bytes, &untouched);
        assert_int_equal(size, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc),
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(what_is_no_base64),
    };

    return cmocka_run_group_tests_name("common/base64", tests, NULL, NULL);
}
