use super::Words;
use crate::consent::wish::Wish::{Start, Stop, StopAll};

pub(super) const ES: Words = Words {
    language: "es",
    since: "2026-11-22",
    classes: &[
        ("no", "no nunca jamas"),
        ("want", "quiero queremos deseo deseamos quisiera necesito"),
        ("stop", "para paren parar pare deja dejen deje dejad dejar"),
        (
            "send",
            "mandar mandarme mandarnos mandando enviar enviarme enviarnos enviando escribir escribirme escribirnos \
             molestar molestarme contactar contactarme contactarnos",
        ),
        ("sent", "escriban escribas escriba manden mandes mande envien envies envie contacten contactes contacte"),
        ("write", "escriban escribas escriba contacten contactes contacte molesten molestes moleste"),
        (
            "msg",
            "mensaje mensajes msj msjs promocion promociones promo promos propaganda publicidad anuncio anuncios \
             oferta ofertas spam novedades newsletter boletin boletines notificacion notificaciones avisos sms",
        ),
        (
            "many",
            "mensajes msjs promociones promos anuncios ofertas novedades boletines notificaciones avisos publicidad",
        ),
        ("thing", "esto eso nada cosas"),
        (
            "det",
            "el la los las un una unos unas ese esa esos esas este esta estos estas tanto tanta tantos tantas mas su \
             sus tu tus de del ningun ninguna tipo cualquier otro otra otros otras tanto ustedes mis",
        ),
        (
            "remove",
            "quitame quitenme quiteme sacame saquenme saqueme eliminame eliminenme borrame borrenme borreme \
             remuevanme retirenme",
        ),
        ("take", "quiten quita quite saquen saca saque eliminen elimina elimine borren borra borre"),
        ("of", "de del"),
        ("list", "lista listas"),
    ],
    fillers: "hola buenas buenos buen dia dias tardes noches por favor porfa porfavor gracias ya ahora senor senora \
              amigo amiga yo",
    commands: &[
        (Stop, "parar|paren|pare|para|baja|salir|detener|detengan"),
        (Stop, "quiero|quisiera|deseo salir"),
        (Stop, "dar|dame|darme|denme|deme|solicito|quiero|la ?la de baja"),
        (Stop, "quiero|solicito|pido|deseo ?la baja"),
        (Stop, "cancelar|cancela|cancelen ?la|mi suscripcion"),
        (StopAll, "paren|pare|parar|detener ?con todo"),
    ],
    phrases: &[
        // Everything.
        (StopAll, "nunca mas ?me|nos @sent"),
        (StopAll, "@no ?me|nos @sent mas nada"),
        (StopAll, "@no ?me|nos @sent nada mas"),
        (StopAll, "@no @want recibir nada ?mas"),
        (StopAll, "@no @want ?mas recibir ?mas ningun|ninguna @msg"),
        (StopAll, "olviden|olvida|olvide mi numero|contacto"),
        // "Dejen de mandarme mensajes", "no me escriban más", "ya no quiero recibir".
        (Stop, "@stop de ?me|nos @send *@det @msg|@thing|$"),
        (Stop, "@stop de recibir *@det @msg|$"),
        (Stop, "@stop con *@det @msg"),
        (Stop, "parar|paren|detener|detengan|suspender|suspendan|desactivar|desactiven *@det @many"),
        (Stop, "ya no @want recibir *@det @msg|$"),
        (Stop, "@no @want mas recibir *@det @msg|$"),
        (Stop, "@no @want recibir mas $"),
        (Stop, "@no @want recibir *@det @msg"),
        (Stop, "@no @want|quiero mas @msg"),
        (Stop, "@no @want *@det spam|publicidad|propaganda"),
        (Stop, "ya no @want *@det @many"),
        (Stop, "@no me|nos @sent mas $"),
        (Stop, "@no me|nos @sent *@det @msg"),
        (Stop, "@no me|nos @write $"),
        (Stop, "@no me|nos molesten|molestes|moleste mas"),
        (Stop, "@no autorizo|acepto|permito ?mas ?el ?envio *@det @msg"),
        (Stop, "@no mas mensajes|promociones|publicidad|spam|anuncios"),
        (Stop, "basta de *@det @msg"),
        (Stop, "revoco|retiro mi|el consentimiento|autorizacion"),
        // Lists.
        (Stop, "darme|dame|denme|deme|darnos|denos de baja $"),
        (Stop, "darme|dame|denme|deme|darnos|dar|doy de baja de|del|de *@det @list|@msg"),
        (Stop, "@remove @of *la|su|tu|esta|esa|sus @list"),
        (Stop, "@take mi numero|telefono|contacto|nombre @of *la|su|tu|esta|esa|sus @list"),
        (Stop, "salir|salirme @of *la|su|tu|esta|esa|sus @list"),
        (Stop, "desuscribir|desuscribirme|desuscribanme|desuscribeme|desuscripcion"),
        (Stop, "cancelar|cancelen *@det @many"),
        (Stop, "cancelar|cancelen ?el envio *@det @msg"),
        // And back.
        (Start, "volver a recibir *@det @msg|$"),
        (Start, "vuelvan|vuelve|vuelva a @send *@det @msg|$"),
        (Start, "@want|acepto|autorizo recibir *@det @msg"),
        (Start, "autorizo ?el envio *@det @msg"),
        (Start, "reactivar|reactiven|reactiva *@det @many"),
    ],
    blockers: "no nunca jamas ni sin si cuando por porque xq",
    carriers: "yo ustedes usted tu quiero quisiera quieres quieren queremos necesito puedo puede pueden voy va van me te \
               que de ya aun se les dije pedi hace falta debo deben mas",
    times: "ahora hoy manana despues antes mientras hasta durante noche madrugada todavia aun tarde temprano cuando sobre sin",
    others: "audio audios voz espera compras regalos producto tarjeta boda invitados",
};
