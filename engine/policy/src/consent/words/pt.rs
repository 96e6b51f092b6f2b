use super::Words;
use crate::consent::wish::Wish::{Start, Stop, StopAll};

pub(super) const PT: Words = Words {
    language: "pt-BR",
    since: "2026-11-22",
    classes: &[
        ("no", "nao n naum nunca jamais"),
        ("want", "quero queremos queria desejo desejamos gostaria preciso"),
        ("stop", "pare para parem parar deixe deixa deixem deixar parassem"),
        ("send", "mandar mandando enviar enviando encaminhar escrever chamar incomodar perturbar contatar contactar"),
        ("sent", "mande mandem manda envie enviem envia escreva escrevam escreve chame chamem chama contate contatem"),
        ("bother", "incomode incomodem incomoda perturbe perturbem perturba"),
        (
            "msg",
            "mensagem mensagens msg msgs mensage mensagen promocao promocoes promo promos propaganda propagandas \
             publicidade publicidades anuncio anuncios oferta ofertas spam newsletter novidades notificacao \
             notificacoes avisos sms",
        ),
        (
            "many",
            "mensagens msgs promocoes promos propagandas publicidades anuncios ofertas novidades notificacoes avisos",
        ),
        ("ad", "propaganda propagandas publicidade spam newsletter anuncio anuncios sms"),
        ("thing", "isso nada coisa coisas"),
        (
            "det",
            "o a os as um uma uns umas esse essa esses essas este esta estes estas tanta tantas tanto tantos mais \
             sua suas seu seus de da do das dos dessas desses desta dessa desse minhas qualquer tipo toda todo todas \
             todos essas tal outra outras mesma mesmas voces",
        ),
        (
            "remove",
            "tira tire tirem tirar retire retira retirem retirar remova remove removam remover exclua exclui excluam excluir",
        ),
        ("cancel", "cancelar cancele cancela cancelem cancelo"),
        ("of", "da de do das dos dessa desta desse deste dessas desses nessa"),
        ("mine", "meu minha"),
        ("number", "numero contato telefone nome celular whatsapp whats zap fone"),
        ("list", "lista listas"),
    ],
    fillers: "oi ola bom boa dia tarde noite por favor pf pfv pfvr obrigado obrigada obg grato grata eu voces vcs gente \
              moco moca amigo amiga senhor senhora",
    commands: &[
        (Stop, "parar|pare|parem|para|sair"),
        (Stop, "parar|pare|parem ja|agora|imediatamente|logo"),
        (Stop, "pode|podem parar"),
        (Stop, "quero|queria|gostaria ?de parar|sair"),
        (Stop, "me remova|remove|remover|removam"),
        (StopAll, "parar|pare|parem ?com tudo"),
    ],
    phrases: &[
        // Everything.
        (StopAll, "nunca mais ?me|nos @sent"),
        (StopAll, "@no ?me|nos @sent mais nada"),
        (StopAll, "@no @want ?mais receber ?mais nada"),
        (StopAll, "@no @want ?mais receber ?mais nenhuma|nenhum @msg"),
        (StopAll, "@no ?me|nos @sent ?mais nenhuma|nenhum @msg"),
        (StopAll, "esqueca|esquecam|esquece ?o @mine numero|contato"),
        // "Pare de me mandar mensagem", "deixem de enviar", "parar de receber", "pare com essas mensagens".
        (Stop, "@stop de ?me|nos @send *@det @msg|@thing|$"),
        (Stop, "@stop de receber *@det @msg|$"),
        (Stop, "@stop com *@det @msg"),
        (Stop, "@stop ?o envio|recebimento *@det @msg"),
        (Stop, "parar|pare|parem|interromper|interrompa|suspender|suspenda|desativar|desative|desativem *@det @many"),
        (Stop, "pedi|disse|falei para|pra|p parar|pararem $"),
        // "Não quero mais receber", "não quero mais mensagens", "não me mande mais promoção".
        (Stop, "@no @want mais ?de receber *@det @msg|$"),
        (Stop, "@no @want receber mais $"),
        (Stop, "@no @want ?de receber *@det @msg"),
        (Stop, "@no @want mais *@det @msg"),
        (Stop, "@no @want *@det @ad"),
        (Stop, "@no ?me|nos @sent *@det @msg"),
        (Stop, "@no me|nos @sent mais $"),
        (Stop, "@no me|nos @bother ?mais $"),
        (Stop, "@no autorizo|permito|aceito ?mais ?o ?envio|recebimento *@det @msg"),
        (Stop, "@no aceito|tenho ?mais ?interesse ?em receber *@det @msg"),
        (Stop, "chega|basta de *@det @msg"),
        (Stop, "sem mais @msg"),
        (Stop, "revogo|revogar|retiro|retirar ?o|a ?@mine consentimento|autorizacao"),
        // Lists.
        (Stop, "me @remove @of ?sua|suas @list"),
        (Stop, "@remove me @of ?sua|suas @list"),
        (Stop, "@remove ?o @mine @number @of ?sua|suas @list"),
        (Stop, "sair|saio|removido|removida @of ?sua|suas @list"),
        (Stop, "descadastrar|descadastre|descadastra|descadastrem|descadastro|desinscrever|desinscreva|desinscreve"),
        (Stop, "@cancel ?a|minha inscricao $"),
        (Stop, "@cancel *@det @many|newsletter"),
        (Stop, "@cancel ?o|os envio|envios|recebimento *@det @msg"),
        // And back.
        (Start, "voltar a receber *@det @msg|$"),
        (Start, "volte|voltem|volta|voltar a ?me|nos @send *@det @msg|$"),
        (Start, "@want|aceito|autorizo receber *@det @msg"),
        (Start, "autorizo ?o envio *@det @msg"),
        (Start, "reativar|reative|reativem *@det @many"),
    ],
    blockers: "nao n naum nunca jamais nem sem se caso quando por porque pq",
    carriers: "eu voce voces vc vcs quero queria quer queremos preciso precisa precisam pode podem posso vou vai vao \
               deve devem consigo me te que de ja ainda mais quiser gostaria falei disse pedi pra para favor",
    times: "agora hoje amanha depois antes enquanto ate durante noite madrugada ainda cedo tarde quando sobre sem",
    others: "audio audios voz espera compras presentes produto cartao endereco casamento convidados caneca",
};
