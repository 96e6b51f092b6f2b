//! What a manifest asks for in `[limits]` holds for its own installation, and from the next reload.

use ponte_runtime::{InstallRequest, install};
use ponte_sandbox::Compiler;
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, guests};

const LITTLE: &str = "[limits]\nmemory_mib = 16\n";
const ENOUGH: &str = "[limits]\nmemory_mib = 48\n";

/// How the run on a customer's next message to a number ends.
async fn ends(stage: &Stage, number: &str) -> String {
    stage.simulator.customer("5511911112222").on(number).writes("oi").await;
    stage.rest().await;
    stage.store().runs(1).await.unwrap().remove(0).outcome
}

#[tokio::test]
async fn limits_are_those_of_each_manifest_and_a_change_counts_from_the_next_reload() {
    // One component, so one digest, and two manifests.
    let guest = guests::taking_memory();
    let builder = StageBuilder::default().guest_with("little", &guest, NUMBER, "skip", LITTLE);
    let stage = builder.guest_with("enough", &guest, OTHER_NUMBER, "skip", ENOUGH).start().await;
    assert_eq!(ends(&stage, NUMBER).await, "memory");
    assert_eq!(ends(&stage, OTHER_NUMBER).await, "done");

    let dir = tempfile::tempdir().unwrap();
    let request = InstallRequest {
        package: guests::package(dir.path(), "little", &guest, "skip", ENOUGH),
        settings: None,
        numbers: vec![NUMBER.into()],
        tenant: "shop".into(),
        name: None,
        priority: 0,
    };
    let compiler = Compiler::in_process(dir.path().join("plugins")).unwrap();
    install(&**stage.store(), &compiler, request, stage.runtime.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    assert_eq!(ends(&stage, NUMBER).await, "done");
}
