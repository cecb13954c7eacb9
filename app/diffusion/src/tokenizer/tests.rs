use super::*;

const START: u32 = 49406;
const END: u32 = 49407;

#[test]
fn the_embedded_vocabulary_is_openais() {
    let clip = ClipTokenizer::openai();
    assert_eq!(
        (clip.vocab_size(), clip.bos_id(), clip.eos_id(), clip.pad_id(), clip.model_max_length()),
        (49408, START, END, END, 77)
    );
    assert_eq!(
        (clip.token_id("!"), clip.token_id("!</w>"), clip.token_id("a</w>"), clip.token_id("jekyll</w>")),
        (Some(0), Some(256), Some(320), Some(49405))
    );
    // The sentence of OpenAI's README.
    assert_eq!(clip.tokenize("a photo of a cat"), [320, 1125, 539, 320, 2368]);
    assert_eq!(clip.tokenize("A  Photo\tof a CAT!"), [320, 1125, 539, 320, 2368, 256]);
    assert_eq!(clip.decode(&[320, 1125, 539, 320, 2368]), "a photo of a cat");
}

#[test]
fn encode_pads_and_reports_what_it_cuts() {
    let clip = ClipTokenizer::openai();
    let short = clip.encode("a cat").unwrap();
    assert_eq!(short.notices, Vec::<String>::new());
    assert_eq!(short.chunks[0].ids[..5], [START, 320, 2368, END, END]);
    assert_eq!((short.chunks[0].ids.len(), short.chunks[0].weights.len()), (77, 77));
    let exact = clip.encode(&"cat ".repeat(75)).unwrap();
    assert_eq!((exact.notices.len(), exact.chunks[0].ids[75], exact.chunks[0].ids[76]), (0, 2368, END));
    let long = clip.encode(&format!("{}dog bird", "cat ".repeat(75))).unwrap();
    assert_eq!(long.chunks, exact.chunks);
    assert_eq!(long.notices, ["The prompt has 77 tokens and only 75 were used; left out: \"dog bird\"."]);
    let sd2 = ClipTokenizer::openai().with_pad_token("!");
    assert_eq!(sd2.encode("a cat!").unwrap().chunks[0].ids[..7], [START, 320, 2368, 0, END, 0, 0]);
}

#[test]
fn an_empty_prompt_is_one_empty_chunk() {
    let clip = ClipTokenizer::openai();
    for prompt in ["", "  \n", "()", "[]"] {
        let encoded = clip.encode_prompt(prompt).unwrap();
        assert_eq!(encoded.chunks.len(), 1, "{prompt:?}");
        assert_eq!(encoded.chunks[0].ids[..3], [START, END, END]);
        assert!(!encoded.is_weighted() && encoded.notices.is_empty());
    }
}

#[test]
fn weights_reach_their_tokens() {
    let clip = ClipTokenizer::openai();
    let encoded = clip.encode_prompt("a (cat:1.5) [dog]").unwrap();
    let chunk = &encoded.chunks[0];
    assert_eq!(chunk.ids[..5], [START, 320, 2368, 1929, END]);
    assert_eq!(chunk.weights[..5], [1.0, 1.0, 1.5, (1.0_f64 / 1.1) as f32, 1.0]);
    assert!(encoded.is_weighted());
}

#[test]
fn long_prompts_become_chunks_that_are_cut_at_commas() {
    let clip = ClipTokenizer::openai();
    let comma = clip.token_id(",</w>").unwrap();
    // 70 words, a comma at token 70, then 10 words: the comma is within 20 tokens of the end, so the 4 words behind it
    // move on.
    let encoded = clip.encode_prompt(&format!("{}, {}", "cat ".repeat(70), "dog ".repeat(10))).unwrap();
    assert_eq!(encoded.chunks.len(), 2);
    assert_eq!(encoded.chunks[0].ids[71], comma);
    assert_eq!(encoded.chunks[0].ids[72], END);
    assert_eq!(encoded.chunks[1].ids[1..12], [vec![1929; 10], vec![END]].concat());
    assert_eq!(encoded.notices, ["The prompt has 81 tokens and was read in 2 chunks of 75."]);
    // No comma near: cut after 75.
    let encoded = clip.encode_prompt(&format!("{}, {}", "cat ".repeat(40), "dog ".repeat(40))).unwrap();
    assert_eq!(encoded.chunks[0].ids[75], 1929);
    assert_eq!(encoded.chunks[1].ids[1..8], [1929, 1929, 1929, 1929, 1929, 1929, END]);
    // Exactly 75 make no second chunk.
    assert_eq!(clip.encode_prompt(&"cat ".repeat(75)).unwrap().chunks.len(), 1);
    let broken = clip.encode_prompt("cat BREAK dog").unwrap();
    assert_eq!((broken.chunks.len(), broken.chunks[1].ids[1]), (2, 1929));
    let mut negative = clip.encode_prompt("").unwrap();
    negative.pad_to(3, &clip);
    assert_eq!(negative.chunks.len(), 3);
}

#[test]
fn ten_thousand_words_are_refused_in_one_sentence() {
    let clip = ClipTokenizer::openai();
    let prompt: String = (0..10_000).map(|i| format!("word{i} ")).collect();
    let start = std::time::Instant::now();
    let error = clip.encode_prompt(&prompt).unwrap_err().to_string();
    assert!(error.starts_with("the prompt has ") && error.contains("at most 2400 (32 chunks of 75)"), "{error}");
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    assert_eq!(clip.encode_prompt(&"cat ".repeat(2400)).unwrap().chunks.len(), 32);
    let error = clip.encode_prompt(&"x".repeat(MAX_PROMPT_BYTES + 1)).unwrap_err().to_string();
    assert!(error.contains("1048577 bytes"), "{error}");
    // One word of a megabyte is work for n log n, not for n squared.
    let start = std::time::Instant::now();
    assert!(clip.encode_prompt(&"ab".repeat(MAX_PROMPT_BYTES / 2)).is_err());
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn too_many_chunks_are_told_as_chunks() {
    let clip = ClipTokenizer::openai();
    let words = |count: usize| vec!["cat"; count].join(" BREAK ");
    assert_eq!(clip.encode_prompt(&words(32)).unwrap().chunks.len(), 32);
    assert_eq!(
        clip.encode_prompt(&words(33)).unwrap_err().to_string(),
        "the prompt has 33 chunks and Kento reads at most 32; use BREAK less often or shorten it"
    );
}

#[test]
fn a_text_of_added_tokens_is_read_once() {
    let sd2 = ClipTokenizer::openai().with_pad_token("!");
    let start = std::time::Instant::now();
    let ids = sd2.tokenize(&"!".repeat(200_000));
    assert!(ids.len() == 200_000 && ids.iter().all(|id| *id == 0));
    // Looking for every token in all that is left after each cut reads 80 gigabytes.
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    // The leftmost comes first, wherever the others are.
    let (cat, start, end) = (2368, START, END);
    assert_eq!(sd2.tokenize("!cat<|endoftext|>!!cat<|startoftext|>!"), [0, cat, end, 0, 0, cat, start, 0]);
}

#[test]
fn characters_outside_a_small_vocabulary_are_reported() {
    let vocab = r#"{"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"<|startoftext|>":5,"<|endoftext|>":6}"#;
    let tiny = ClipTokenizer::from_vocab_merges(vocab, "#version: 0.2\na b</w>\n").unwrap();
    assert_eq!(tiny.tokenize("ab ba"), [4, 1, 2]);
    let encoded = tiny.encode_prompt("ab (zebra:1.2) c").unwrap();
    assert_eq!(encoded.notices, ["This model's vocabulary cannot spell \"zebra\", \"c\"."]);
    for (vocab, merges, part) in [
        ("{}", "", "lacks <|startoftext|>"),
        ("[]", "", "JSON"),
        (vocab, "a\n", "line 1 of the merges"),
        (vocab, "a c\n", "which the vocabulary lacks"),
        (r#"{"a":0,"b":0}"#, "", "same id"),
        (r#"{"a":4000000000}"#, "", "more than"),
    ] {
        let error = ClipTokenizer::from_vocab_merges(vocab, merges).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn folders_are_read_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    assert!(matches!(ClipTokenizer::from_dir(folder.path()), Err(TokenizerError::NotFound { .. })));
    write("vocab.json", r#"{"!":0,"a</w>":1,"<|startoftext|>":2,"<|endoftext|>":3}"#);
    write("merges.txt", "#version: 0.2\n");
    assert_eq!(ClipTokenizer::from_dir(folder.path()).unwrap().pad_id(), 3);
    write("special_tokens_map.json", r#"{"pad_token":{"content":"!"}}"#);
    assert_eq!(ClipTokenizer::from_dir(folder.path()).unwrap().pad_id(), 0);
    write("tokenizer_config.json", r#"{"pad_token":"<|endoftext|>","model_max_length":20}"#);
    let read = ClipTokenizer::from_dir(folder.path()).unwrap();
    assert_eq!((read.pad_id(), read.model_max_length()), (3, 20));
    write("added_tokens.json", r#"{"<cat-toy>":4}"#);
    assert_eq!(ClipTokenizer::from_dir(folder.path()).unwrap().tokenize("a <cat-toy> a"), [1, 4, 1]);
    write("tokenizer_config.json", r#"{"pad_token":"#);
    assert!(matches!(ClipTokenizer::from_dir(folder.path()), Err(TokenizerError::Unsupported { .. })));
    write("tokenizer_config.json", "{}");
    write("special_tokens_map.json", "{}");
    let model = r#""model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0,"b</w>":1,"ab</w>":2,"<|startoftext|>":3,"<|endoftext|>":4},"merges":[["a","b</w>"]]}"#;
    write("tokenizer.json", &format!("{{{model}}}"));
    assert_eq!(ClipTokenizer::from_dir(folder.path()).unwrap().tokenize("ab"), [2]);
    write("tokenizer.json", &format!("{{{}}}", model.replace(r#"["a","b</w>"]"#, r#""a b</w>""#)));
    assert_eq!(ClipTokenizer::from_dir(folder.path()).unwrap().tokenize("ab"), [2]);
    write("tokenizer.json", &format!("{{{}}}", model.replace("BPE", "Unigram")));
    assert!(ClipTokenizer::from_dir(folder.path()).unwrap_err().to_string().contains("CLIP tokenizers only"));
}
