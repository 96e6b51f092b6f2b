//! What of the app goes on when a number comes onto the API, what ends, and what automation sees of it: as dated data.
//!
//! The page "what changes for you" is made from it for each number ([`changes`]), and nothing else says so.

use std::fmt;

use serde::Serialize;

use crate::profile::{Can, Profile};
use crate::words::{Language, Words};

/// What becomes of something the app can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// It goes on, and automation sees it.
    Seen,
    /// It goes on, on the phone alone.
    PhoneOnly,
    /// It is not certain whether automation sees it: nobody has said what the provider passes on.
    Unclear,
    /// It ends.
    Ends,
    /// It is to be set up anew.
    SetUpAnew,
}

/// Something that the app can do.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// Its name, for scripts.
    pub name: &'static str,
    /// The day of the source.
    pub since: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What becomes of it where everything is passed on.
    pub becomes: Becomes,
    /// What people are told about it.
    pub words: Words,
    /// Whether a provider passes it on; what is not seen anyhow needs nobody.
    passed_on: Option<fn(&Profile) -> Can>,
}

const ONBOARDING: &str = "Meta: onboarding-business-app-users";
const SINCE: &str = "2026-09-11";

/// A feature that automation does not see.
const fn unseen(name: &'static str, becomes: Becomes, words: Words) -> Feature {
    Feature { name, since: SINCE, source: ONBOARDING, becomes, words, passed_on: None }
}

/// A feature that automation sees where the provider passes it on.
const fn seen(name: &'static str, passed_on: fn(&Profile) -> Can, words: Words) -> Feature {
    let (since, source, becomes) = (SINCE, ONBOARDING, Becomes::Seen);
    Feature { name, since, source, becomes, words, passed_on: Some(passed_on) }
}

/// What the app can do, in the order in which people ask about it.
pub const FEATURES: &[Feature] = &[
    seen(
        "answers",
        |profile| profile.echoes,
        Words {
            pt_br: "conversas individuais: quem responde pelo celular silencia a automação naquela conversa",
            es: "chats individuales: quien responde desde el teléfono silencia la automatización en ese chat",
            en: "one-to-one chats: whoever answers from the phone silences automation in that chat",
        },
    ),
    seen(
        "chats-begun-in-the-app",
        |profile| profile.app_chats,
        Words {
            pt_br: "conversas que você começa pelo celular",
            es: "chats que usted empieza desde el teléfono",
            en: "chats that you begin on the phone",
        },
    ),
    seen(
        "edits",
        |profile| profile.edits,
        Words {
            pt_br: "mensagens editadas ou apagadas",
            es: "mensajes editados o eliminados",
            en: "messages edited or deleted",
        },
    ),
    seen(
        "contacts",
        |profile| profile.contacts,
        Words { pt_br: "a agenda de contatos", es: "la agenda de contactos", en: "the address book" },
    ),
    seen(
        "history",
        |profile| profile.history,
        Words {
            pt_br: "o histórico de até seis meses, se você aceitar compartilhá-lo ao conectar",
            es: "el historial de hasta seis meses, si acepta compartirlo al conectar",
            en: "up to six months of history, if you agree to share it when linking",
        },
    ),
    unseen("groups", Becomes::PhoneOnly, Words { pt_br: "grupos", es: "grupos", en: "groups" }),
    unseen(
        "calls",
        Becomes::PhoneOnly,
        Words { pt_br: "chamadas de voz e de vídeo", es: "llamadas de voz y de video", en: "voice and video calls" },
    ),
    unseen(
        "catalog",
        Becomes::PhoneOnly,
        Words {
            pt_br: "catálogo, pedidos, status, perfil e canais",
            es: "catálogo, pedidos, estados, perfil y canales",
            en: "catalogue, orders, status, profile and channels",
        },
    ),
    unseen(
        "greeting",
        Becomes::PhoneOnly,
        Words {
            pt_br: "saudação, mensagem de ausência, respostas rápidas e etiquetas: continuam disparando ao lado da automação",
            es: "saludo, mensaje de ausencia, respuestas rápidas y etiquetas: siguen disparándose junto a la automatización",
            en: "greeting, away message, quick replies and labels: they still fire beside automation",
        },
    ),
    unseen(
        "broadcast-lists",
        Becomes::Ends,
        Words {
            pt_br: "listas de transmissão: as antigas ficam só para leitura; no lugar delas, modelos aprovados",
            es: "listas de difusión: las antiguas quedan solo para lectura; en su lugar, plantillas aprobadas",
            en: "broadcast lists: old ones can only be read; approved templates take their place",
        },
    ),
    unseen(
        "disappearing",
        Becomes::Ends,
        Words {
            pt_br: "mensagens temporárias em conversas individuais",
            es: "mensajes temporales en chats individuales",
            en: "disappearing messages in one-to-one chats",
        },
    ),
    unseen(
        "view-once",
        Becomes::Ends,
        Words {
            pt_br: "mídia de visualização única em conversas individuais",
            es: "archivos de visualización única en chats individuales",
            en: "view-once media in one-to-one chats",
        },
    ),
    unseen(
        "live-location",
        Becomes::Ends,
        Words {
            pt_br: "localização em tempo real em conversas individuais",
            es: "ubicación en tiempo real en chats individuales",
            en: "live location in one-to-one chats",
        },
    ),
    unseen(
        "linked-devices",
        Becomes::SetUpAnew,
        Words {
            pt_br: "aparelhos conectados: todos são desconectados; até quatro podem voltar, exceto Windows e WearOS",
            es: "dispositivos vinculados: se desvinculan todos; hasta cuatro pueden volver, salvo Windows y WearOS",
            en: "linked devices: all are unlinked; up to four can be linked again, save Windows and WearOS",
        },
    ),
];

const HEADINGS: &[(Becomes, Words)] = &[
    (
        Becomes::Seen,
        Words {
            pt_br: "Continua no celular, e a automação acompanha",
            es: "Sigue en el teléfono, y la automatización lo ve",
            en: "Goes on in the app, and automation sees it",
        },
    ),
    (
        Becomes::PhoneOnly,
        Words {
            pt_br: "Continua só no celular: a automação não vê nem responde",
            es: "Sigue solo en el teléfono: la automatización no lo ve ni responde",
            en: "Goes on in the app alone: automation neither sees nor answers it",
        },
    ),
    (
        Becomes::Unclear,
        Words {
            pt_br: "Continua no celular; não se sabe se este provedor o repassa",
            es: "Sigue en el teléfono; no se sabe si este proveedor lo transmite",
            en: "Goes on in the app; nobody has said whether this provider passes it on",
        },
    ),
    (Becomes::Ends, Words { pt_br: "Deixa de funcionar", es: "Deja de funcionar", en: "Ends" }),
    (
        Becomes::SetUpAnew,
        Words {
            pt_br: "Precisa ser configurado de novo",
            es: "Hay que configurarlo de nuevo",
            en: "Is to be set up anew",
        },
    ),
];

const TITLE: Words = Words { pt_br: "O que muda para você", es: "Qué cambia para usted", en: "What changes for you" };

/// For a number that leaves the app.
pub const WITHOUT_APP: Words = Words {
    pt_br: "este número vive só na API: o aplicativo deixa de funcionar nele, e as pessoas respondem pelo painel",
    es: "este número vive solo en la API: la aplicación deja de funcionar con él, y las personas responden desde el panel",
    en: "this number lives on the API alone: the app does not work with it any more, and people answer elsewhere",
};

/// For a number that stays in the app.
pub const WITHOUT_API: Words = Words {
    pt_br: "este número vive só no aplicativo: nada muda nele e nada é automatizado",
    es: "este número vive solo en la aplicación: nada cambia en él y nada se automatiza",
    en: "this number lives in the app alone: nothing changes there, and nothing is automated",
};

/// The page "what changes for you" of a number in Coexistence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its title.
    pub title: &'static str,
    /// What there is to say.
    pub sections: Vec<Section>,
}

/// Features that become the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What.
    pub becomes: Becomes,
    /// In words.
    pub heading: &'static str,
    /// The features.
    pub lines: Vec<Line>,
}

/// A feature, on the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its name, for scripts.
    pub feature: &'static str,
    /// What people are told.
    pub words: &'static str,
}

impl Feature {
    /// What becomes of it with a provider.
    pub fn becomes_with(&self, profile: &Profile) -> Becomes {
        match self.passed_on.map(|passed_on| passed_on(profile)) {
            None | Some(Can::Yes) => self.becomes,
            Some(Can::No) => Becomes::PhoneOnly,
            Some(Can::Unknown) => Becomes::Unclear,
        }
    }
}

/// What changes for the people at the phone of a number in Coexistence.
pub fn changes(profile: &Profile, language: Language) -> Page {
    let lines = |becomes: Becomes| {
        let features = FEATURES.iter().filter(|feature| feature.becomes_with(profile) == becomes);
        features.map(|feature| Line { feature: feature.name, words: feature.words.in_language(language) }).collect()
    };
    let section = |(becomes, heading): &(Becomes, Words)| Section {
        becomes: *becomes,
        heading: heading.in_language(language),
        lines: lines(*becomes),
    };
    let sections = HEADINGS.iter().map(section).filter(|section: &Section| !section.lines.is_empty()).collect();
    Page { title: TITLE.in_language(language), sections }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for section in &self.sections {
            writeln!(f, "\n{}", section.heading)?;
            section.lines.iter().try_for_each(|line| writeln!(f, "  - {}", line.words))?;
        }
        Ok(())
    }
}
