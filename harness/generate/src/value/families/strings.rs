//! Texts and the patterns around them.

use crate::value::Family;

/// As many characters as no buffer of a usual size holds, and what follows.
macro_rules! long {
    ($end:literal) => {
        concat!(
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            $end
        )
    };
}

pub(in crate::value) const STRINGS: &[Family] = &[
    Family {
        same: &["red"],
        cover: &["r*", "?ed", "*", "re?", "*red*", "r**d", "red*", "*r?d*"],
        near: &["Red", "re", "redd", "blue", " red", "red ", "red\n", "r.d", "${*}", "r${?}d", "${$}red"],
        malformed: &["", "*", "?", "r*", "undefined"],
    },
    Family {
        same: &["aba"],
        cover: &["a*a", "ab*a", "a?a", "a*b*a", "aba*"],
        near: &[
            "ab*ba", "aba*aba", "a*aba", "abba", "ab", "aa", "aba?", "?aba", "a??a", "a*b", "*ab", "ababa",
            "aba*?", "*?aba",
        ],
        malformed: &[""],
    },
    Family {
        same: &["home/bob/k"],
        cover: &["home/*", "home/*/k", "*/k", "home/bob/?", "home/???/k", "*/?ob/*", "*e*b*"],
        near: &["home/bob", "home/Bob/k", "home/eve/k", "home//k", "home/bob/k/"],
        malformed: &["", "home/*"],
    },
    Family {
        same: &["Maß"],
        cover: &["M*", "Ma?"],
        near: &["MASS", "Mass", "maß", "MAß", "Ma??", "mas"],
        malformed: &["", "M*"],
    },
    Family {
        same: &["title"],
        cover: &["t?tle", "t*"],
        near: &["TITLE", "Title", "t\u{131}tle", "T\u{131}TLE", "tittle", "titl"],
        malformed: &[""],
    },
    Family {
        same: &["a.c"],
        cover: &["a?c", "a.*", "*.c"],
        near: &[
            "abc", "a\\.c", "a[.]c", "^a.c$", "(a.c)", "a.c|abc", "a.+", "a..c", "ac", "a.cc", "{a.c}", "A.C",
        ],
        malformed: &[""],
    },
    Family {
        same: &["a*c"],
        cover: &["a*c", "a?c", "a${*}c", "*"],
        near: &["abc", "a?c", "a**c", "ac", "a\\*c", "a${?}c", "A*C", "a*"],
        malformed: &[""],
    },
    Family {
        same: &[""],
        cover: &["*", "**"],
        near: &["?", "?*", "*?", "x", " ", "undefined"],
        malformed: &["\t", "\n", "null"],
    },
    Family {
        same: &["10"],
        cover: &["1?", "1*", "*0"],
        near: &["10.0", "010", "+10", "1e1", " 10", "10 ", "1", "100"],
        malformed: &["", "1O"],
    },
    Family {
        same: &["true"],
        cover: &["t*", "?rue"],
        near: &["True", "TRUE", "1", "false", "true ", "tru"],
        malformed: &["", "yes"],
    },
    Family {
        same: &["a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-1"],
        cover: &["a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-*", "a-prefix*1"],
        near: &[
            "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-2",
            "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-",
        ],
        malformed: &["", "a-prefix-that-two-values-share-and-that-is-longer-than-sixty-four-bytes-*"],
    },
    Family {
        same: &[long!("1")],
        cover: &[long!("?"), long!("*"), "0*1"],
        near: &[long!("2"), long!(""), long!("11")],
        malformed: &[""],
    },
    // Letters whose other case is not what it seems.
    Family {
        same: &["\u{c9}K\u{3a3}\u{d7}"],
        cover: &["?K\u{3a3}?", "\u{c9}*", "????", "*\u{d7}"],
        near: &[
            "\u{e9}k\u{3c3}\u{d7}",
            "\u{c9}\u{212a}\u{3a3}\u{d7}",
            "\u{e9}k\u{3c2}\u{d7}",
            "\u{c9}K\u{3a3}\u{f7}",
            "EK\u{3a3}\u{d7}",
            "E\u{301}K\u{3a3}\u{d7}",
            "e\u{301}K\u{3a3}\u{d7}",
            "\u{e9}K\u{3a3}\u{d7}",
            "??K\u{3a3}\u{d7}",
            "\u{c9}K\u{3a3}x",
        ],
        malformed: &["", "\u{c3}\u{89}K\u{3a3}\u{d7}"],
    },
    // Characters at which careless readers stop, or which they count otherwise.
    Family {
        same: &["a\nb"],
        cover: &["a?b", "a*b", "?\n?", "*", "a*", "*b"],
        near: &["a", "ab", "a b", "a\rb", "a\\nb", "a\nb\n", "a??b", "b"],
        malformed: &["", "\n"],
    },
    Family {
        same: &["a\nb\u{1f600}c\u{0}d"],
        cover: &["a?b?c?d", "a*b*c*d", "a?b*", "*?c?d", "a*", "*d", "a\nb*c\u{0}d"],
        near: &[
            "a b\u{1f600}c\u{0}d",
            "a\rb\u{1f600}c\u{0}d",
            "ab\u{1f600}c\u{0}d",
            "a\\nb\u{1f600}c\u{0}d",
            "a\nb??c?d",
            "a\nb????c?d",
            "a\nb\u{1f601}c\u{0}d",
            "a\nb\u{4e2d}c\u{0}d",
            "a\nb\u{1f600}c\u{0}e",
            "a\nb\u{1f600}c",
            "a\nb\u{1f600}cd",
            "a\nb\u{1f600}c\u{0}d\n",
            "a\n",
            "a",
        ],
        malformed: &["", "\n", "\u{0}"],
    },
    Family {
        same: &["a_c"],
        cover: &["a?c", "a_*", "?_?"],
        near: &["abc", "a-c", "a%c", "a c", "a+c", "a%5Fc", "A_C", "_", "a__c"],
        malformed: &["", "%"],
    },
    Family {
        same: &["home/"],
        cover: &["home/*", "home*", "*/", "h*/*"],
        near: &["home", "home//", "home/x", "Home/", "home/?", "home/?*", "home/*?", "home/*/"],
        malformed: &["", "/"],
    },
];
