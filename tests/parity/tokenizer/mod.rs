//! Every string of `strings.json` through our tokenizer, compared with transformers' ids (`make.py`).

use std::path::Path;

use kento_diffusion::tokenizer::ClipTokenizer;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
    padded: Vec<Padded>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    clip: Vec<u32>,
    bang: Vec<u32>,
    starter: Vec<u32>,
}

#[derive(Deserialize)]
struct Padded {
    text: String,
    clip: Vec<u32>,
    bang: Vec<u32>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("strings.json")).unwrap()
}

fn starter() -> ClipTokenizer {
    ClipTokenizer::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/tokenizer/starter")).unwrap()
}

#[test]
fn ids_equal_those_of_transformers() {
    let fixture = fixture();
    assert!(fixture.cases.len() >= 200);
    let (clip, bang, starter) = (ClipTokenizer::openai(), ClipTokenizer::openai().with_pad_token("!"), starter());
    let mut wrong = Vec::new();
    for case in &fixture.cases {
        for (name, tokenizer, expected) in
            [("clip", &clip, &case.clip), ("bang", &bang, &case.bang), ("starter", &starter, &case.starter)]
        {
            let ids = tokenizer.tokenize(&case.text);
            if ids != *expected {
                wrong.push(format!("{name} {:?}: {ids:?} instead of {expected:?}", case.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), 3 * fixture.cases.len(), wrong.join("\n"));
}

#[test]
fn padding_and_truncation_equal_those_of_transformers() {
    let (clip, bang) = (ClipTokenizer::openai(), ClipTokenizer::openai().with_pad_token("!"));
    for row in fixture().padded {
        assert_eq!(clip.encode(&row.text).unwrap().chunks[0].ids, row.clip, "{:?}", row.text);
        assert_eq!(bang.encode(&row.text).unwrap().chunks[0].ids, row.bang, "{:?}", row.text);
    }
}

#[test]
fn both_file_forms_give_one_tokenizer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/tokenizer/starter");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let pair = ClipTokenizer::from_vocab_merges(&read("vocab.json"), &read("merges.txt")).unwrap();
    let json = starter();
    for case in fixture().cases {
        assert_eq!(pair.tokenize(&case.text), json.tokenize(&case.text), "{:?}", case.text);
    }
    assert_eq!((pair.bos_id(), pair.eos_id(), pair.pad_id()), (json.bos_id(), json.eos_id(), json.pad_id()));
}

#[derive(Deserialize)]
struct WeightedCase {
    prompt: String,
    chunks: Vec<WeightedChunk>,
}

#[derive(Deserialize)]
struct WeightedChunk {
    ids: Vec<u32>,
    weights: Vec<f64>,
}

#[test]
fn chunks_and_weights_equal_those_of_a1111() {
    let cases: Vec<WeightedCase> = serde_json::from_str(include_str!("prompts.json")).unwrap();
    assert!(cases.len() >= 60 && cases.iter().any(|case| case.chunks.len() > 3));
    let clip = ClipTokenizer::openai();
    for case in cases {
        let ours = clip.encode_prompt(&case.prompt).unwrap();
        assert_eq!(ours.chunks.len(), case.chunks.len(), "{:?}", case.prompt);
        for (have, want) in ours.chunks.iter().zip(&case.chunks) {
            assert_eq!(have.ids, want.ids, "{:?}", case.prompt);
            let weights: Vec<f32> = want.weights.iter().map(|weight| *weight as f32).collect();
            assert_eq!(have.weights, weights, "{:?}", case.prompt);
        }
    }
}
