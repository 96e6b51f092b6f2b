//! `ponte demo --script`: chats as files, with a simulated WhatsApp.

use crate::shop::{Said, Shop, root};

async fn play(shop: &Shop, script: &str) -> Said {
    let flows = root().join("flows").display().to_string();
    shop.ponte(&["demo", "--flows", &flows, "--script", script]).await
}

fn example(name: &str) -> String {
    root().join("examples/chats").join(name).display().to_string()
}

#[tokio::test]
async fn the_after_hours_chat_goes_as_its_script_expects() {
    let said = play(&Shop::new(), &example("after-hours.yaml")).await.ok();
    for words in ["reabre amanhã às 9h", "silence: owned-by-app", "5 of 5 expectations met"] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn the_triage_chat_goes_as_its_script_expects() {
    let said = play(&Shop::new(), &example("triage.yaml")).await.ok();
    for words in ["[Financeiro]", "Vou chamar alguém da equipe", "anotei: Suporte", "10 of 10 expectations met"] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn an_order_that_the_store_tells_of_twice_gives_one_template_as_its_script_expects() {
    let said = play(&Shop::new(), &example("order-confirmation.yaml")).await.ok();
    for words in [
        "O pagamento do pedido #1001 foi confirmado",
        "2× Camiseta azul, 1× Boné",
        "foi enviado",
        "12 of 12 expectations met",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn in_the_vip_chat_no_bot_speaks_and_the_phone_does() {
    let said = play(&Shop::new(), &example("vip-handoff.yaml")).await.ok();
    for words in [
        "handed to app: VIP Cliente 0001 (+5511999990001): está na lista. Espera desde 10:00. Escreveu: “oi”",
        "silence: owned-by-app",
        "Como podemos ajudar?",
        "handed to team: Ninguém respondeu no celular em 15 min.",
        "7 of 7 expectations met",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn what_does_not_come_as_expected_is_told_by_its_step() {
    let shop = Shop::new();
    let script = shop.write(
        "chat.yaml",
        "at: 2026-11-23T22:10:00-03:00\nsteps:\n\
         - customer: oi\n\
         - expect: { reply: { contains: \"abrimos ao meio-dia\" } }\n\
         - customer: alô?\n\
         - expect: { reply: { contains: \"9h\" } }\n\
         - customer: \"?\"\n\
         - expect: { silence: owned-by-app }\n",
    );
    let said = play(&shop, &script).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    for words in [
        "✗ step 2: a reply with \"abrimos ao meio-dia\" was expected",
        "✗ step 4: a reply with \"9h\" was expected; none came (first-match)",
        "✗ step 6: silence because of \"owned-by-app\" was expected; the rule was \"first-match\"",
        "0 of 3 expectations met",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
}

#[tokio::test]
async fn a_malformed_script_is_named_by_its_place() {
    let shop = Shop::new();
    for (text, words) in [
        ("steps:\n  - customer: oi\n  - custmer: oi\n", &["chat.yaml", "custmer", "line 3"][..]),
        ("steps:\n  - advance: soon\n", &["chat.yaml", "soon", "write 25h"]),
        ("at: 22:10\nsteps:\n  - customer: oi\n", &["chat.yaml", "at"]),
        ("steps:\n  - customer: [\n", &["chat.yaml", "line"]),
        ("steps: []\n", &["chat.yaml", "no steps"]),
    ] {
        let script = shop.write("chat.yaml", text);
        play(&shop, &script).await.refused(words);
    }
    play(&shop, "nowhere.yaml").await.refused(&["cannot read nowhere.yaml"]);
    let script = shop.write("chat.yaml", "steps:\n  - tap: Vendas\n");
    play(&shop, &script).await.refused(&["no message offers \"Vendas\""]);
}

#[tokio::test]
async fn lines_from_a_pipe_wait_for_their_answer_and_a_flow_may_be_named_itself() {
    let flow = root().join("flows/after-hours").display().to_string();
    for input in ["oi\n/quit\n", "oi\n"] {
        let said = Shop::new().ponte_reads(&["demo", "--flows", &flow], input).await.ok();
        assert!(said.out.contains("reabre amanhã às 9h"), "{said:#?}");
    }
}

#[tokio::test]
async fn a_run_that_fails_is_told_by_itself_and_by_why() {
    let shop = Shop::new();
    let component = ponte_tests::guests::trapping();
    ponte_tests::guests::package(&shop.path("packages"), "broken", &component, "skip", "");
    let said = shop.ponte_reads(&["demo", "--flows", "packages"], "oi\n/why\n").await.ok();
    assert_eq!(said.out.matches("broken failed (trap): crashed: ").count(), 2, "{}", said.out);
    assert!(said.out.contains("22:10  run       broken failed"), "{}", said.out);
}
