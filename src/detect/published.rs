//! Keys that their provider publishes itself, in the samples and tests of its own software: not anybody's secrets.
//! Only digests of them stand here.

use sha2::{Digest, Sha256};

/// The first eight bytes of SHA-256, in order.
///
/// Google API keys in firebase/firebase-android-sdk (up to a089298ed9e0, with its earlier commits), firebase-ios-sdk
/// (eed63a35a90d), firebase-js-sdk (6f865964baf5), flutterfire (09d423b800a9) and quickstart-android (3a623abb3d36) on
/// github.com: configurations of samples (`google-services.json`, `GoogleService-Info.plist`), tests, and examples in
/// documentation comments.
const PUBLISHED: &[u64] = &[
    0x0b47_6bdf_9acf_2123,
    0x1597_ab82_f0c3_904d,
    0x2037_abca_ffb2_b777,
    0x27a9_a429_31df_f7eb,
    0x281c_bc35_f681_4ed4,
    0x2e6c_5d74_6bbd_2a79,
    0x37f8_f09b_df12_c2f2,
    0x3b89_dcd2_f961_61db,
    0x3d12_d5fd_096b_dc9c,
    0x3f37_0c9d_d822_5c63,
    0x49f7_77db_995e_8260,
    0x4c1b_beca_ca97_4491,
    0x4c98_242d_cadc_8b29,
    0x54a5_8318_925d_ac97,
    0x561c_359d_f17f_bbb0,
    0x59bd_f2cf_533b_73f0,
    0x6ca6_473b_42d9_c17e,
    0x6f1e_f246_1e63_469e,
    0x85df_9d8f_9024_5d61,
    0x8731_261c_b72d_8626,
    0x8cff_d380_24ea_0537,
    0xa19f_89ab_3555_eac1,
    0xdc0f_cf04_6c61_640c,
    0xdf82_4817_ace5_5ed7,
    0xe4a5_542b_b7fd_7b67,
    0xea9b_b108_2cf9_5663,
    0xeb54_0d2b_6ee2_a0a4,
    0xf56e_3234_94a6_ffc2,
    0xfe68_6096_b498_7fed,
];

/// Whether a provider publishes `secret`.
pub(super) fn published(secret: &[u8]) -> bool {
    let digest = Sha256::digest(secret);
    let first = digest.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
    first.is_some_and(|first| PUBLISHED.binary_search(&first).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_in_order() {
        assert!(PUBLISHED.is_sorted());
    }

    #[test]
    fn a_key_of_firebase_s_own_samples_is_published_and_another_is_not() {
        // firebase-android-sdk, FirebaseOptions.java: the example of its documentation.
        let example = ["AIza", "SyDdVgKwhZl0sTTTLZ7iTmt1r3N2cJLnaDk"].concat();
        assert!(published(example.as_bytes()));
        assert!(!published(example.replace('V', "W").as_bytes()));
    }
}
