//! Canonical base64 (COND-075).
//!
//! In canonical form one sequence of bytes has one spelling, so two values are equal exactly if their texts are, and nothing needs
//! to be decoded.

/// Whether `text` is standard base64 with padding, its unused bits zero.
pub(crate) fn is_canonical(text: &str) -> bool {
    let bytes = text.as_bytes();
    let padding = bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    let digits = &bytes[..bytes.len() - padding];
    let unused_bits = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    bytes.len().is_multiple_of(4)
        && digits.iter().all(|&byte| value(byte).is_some())
        && digits.last().is_none_or(|&last| value(last).is_some_and(|value| value & unused_bits == 0))
        && (padding == 0 || !digits.is_empty())
}

/// The digits in the order of their values.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(byte: u8) -> Option<usize> {
    DIGITS.iter().position(|&digit| digit == byte)
}

#[cfg(test)]
mod tests {
    use super::is_canonical;

    #[test]
    fn canonical_forms_only() {
        for text in [
            "",
            "AA==",
            "Ag==",
            "Aw==",
            "AA8=",
            "AAs=",
            "QUJD",
            "QUI=",
            "QQ==",
            "+/+/",
            "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
        ] {
            assert!(is_canonical(text), "{text}");
        }
        for text in [
            "QQ", "QQ=", "QR==", "Q0==", "AAt=", "QUJ=", "%%", "QU-_", "QQ==QQ==", "====", "=", "QUJD\n",
            " QUJD", "Q===",
        ] {
            assert!(!is_canonical(text), "{text}");
        }
    }
}
