//! A client of ssh-agent, as far as signing goes: the protocol of draft-miller-ssh-agent over a socket of this machine.

use std::io::{self, Read, Write};

/// `SSH_AGENTC_SIGN_REQUEST`.
const SIGN_REQUEST: u8 = 13;
/// `SSH_AGENT_SIGN_RESPONSE`.
const SIGN_RESPONSE: u8 = 14;
/// `SSH_AGENT_RSA_SHA2_512`: an RSA key shall not sign with SHA-1.
const RSA_SHA2_512: u32 = 4;
/// No answer is longer (OpenSSH's own limit).
const LONGEST: u32 = 256 << 10;

/// Asks an agent for a signature over `data` by the key whose public blob is `key`; gives the signature's blob, `None`
/// where the agent refuses.
pub fn sign(agent: &mut (impl Read + Write), key: &[u8], data: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = vec![SIGN_REQUEST];
    add_string(&mut body, key)?;
    add_string(&mut body, data)?;
    body.extend(RSA_SHA2_512.to_be_bytes());
    let mut request = Vec::new();
    add_string(&mut request, &body)?;
    agent.write_all(&request)?;
    agent.flush()?;
    let answer = read_string(agent)?;
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "an answer that is none");
    match answer.split_first() {
        Some((&SIGN_RESPONSE, mut rest)) => {
            let blob = read_string(&mut rest)?;
            if rest.is_empty() { Ok(Some(blob)) } else { Err(malformed()) }
        }
        Some(_) => Ok(None),
        None => Err(malformed()),
    }
}

fn add_string(to: &mut Vec<u8>, text: &[u8]) -> io::Result<()> {
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.extend(length.to_be_bytes());
    to.extend_from_slice(text);
    Ok(())
}

fn read_string(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "an answer that is too long"));
    }
    let mut text = vec![0; length as usize];
    from.read_exact(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an agent is asked, and what it answers.
    struct Wire<'a> {
        asked: Vec<u8>,
        answer: &'a [u8],
    }

    impl Read for Wire<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.answer.read(to)
        }
    }

    impl Write for Wire<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.asked.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn asked(answer: &[u8]) -> (Vec<u8>, io::Result<Option<Vec<u8>>>) {
        let mut wire = Wire { asked: Vec::new(), answer };
        let got = sign(&mut wire, b"key", b"data!");
        (wire.asked, got)
    }

    #[test]
    fn a_request_and_its_answer_have_the_forms_of_the_protocol() {
        let (request, answer) = asked(b"\0\0\0\x08\x0e\0\0\0\x03sig");
        assert_eq!(request, b"\0\0\0\x15\x0d\0\0\0\x03key\0\0\0\x05data!\0\0\0\x04");
        assert_eq!(answer.unwrap(), Some(b"sig".to_vec()));
    }

    #[test]
    fn a_refusal_is_none_and_everything_else_an_error() {
        assert_eq!(asked(b"\0\0\0\x01\x05").1.unwrap(), None);
        for answer in
            [&b""[..], b"\0\0", b"\0\0\0\0", b"\0\0\0\x09\x0e", b"\xff\xff\xff\xff", b"\0\0\0\x06\x0e\0\0\0\x03s"]
        {
            assert!(asked(answer).1.is_err(), "{answer:?}");
        }
        assert!(asked(b"\0\0\0\x09\x0e\0\0\0\x03sigx").1.is_err());
    }
}
