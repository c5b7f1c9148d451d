import io
import warnings

import openai
from checks import check, error_of, error_of_async, run_checks
from google import genai
from google.genai import types

client = openai.OpenAI()
google = genai.Client()


def speak(**options):
    return client.audio.speech.create(model="tts-1", input="one two three", voice="alloy", **options)


@check
def embeddings():
    ask = {"model": "text-embedding-3-small", "input": ["one", "two"], "dimensions": 12}
    packed = client.embeddings.create(**ask)
    floats = client.embeddings.create(**ask, encoding_format="float")
    for one, other in zip(packed.data, floats.data, strict=True):
        assert len(one.embedding) == 12
        assert max(abs(a - b) for a, b in zip(one.embedding, other.embedding, strict=True)) < 1e-6
    assert packed.usage.prompt_tokens > 0


@check
def embeddings_in_googles_sdk():
    config = types.EmbedContentConfig(output_dimensionality=12)
    answer = google.models.embed_content(
        model="gemini-embedding-001", contents=["one", "two"], config=config
    )
    assert [len(embedding.values) for embedding in answer.embeddings] == [12, 12]


@check
def speech_whole_and_streamed():
    assert speak(response_format="wav").content[:4] == b"RIFF"
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", input="one two three", voice="alloy", response_format="pcm"
    ) as response:
        assert sum(len(piece) for piece in response.iter_bytes(1000)) == 3 * 6912 * 2


@check
def transcriptions_of_every_form():
    file = ("speech.wav", speak(response_format="wav").content)
    plain = client.audio.transcriptions.create(model="whisper-1", file=file)
    assert "1 seconds long" in plain.text
    verbose = client.audio.transcriptions.create(
        model="whisper-1",
        file=io.BytesIO(file[1]),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert verbose.duration == 1
    subtitles = client.audio.transcriptions.create(model="whisper-1", file=file, response_format="vtt")
    assert subtitles.startswith("WEBVTT")
    events = list(client.audio.transcriptions.create(model="whisper-1", file=file, stream=True))
    assert events[-1].type == "transcript.text.done"
    with warnings.catch_warnings():
        # The SDK calls it deprecated; it is served all the same.
        warnings.simplefilter("ignore", DeprecationWarning)
        assert "demo" in client.audio.translations.create(model="whisper-1", file=file).text


@check
def moderations_and_images():
    assert client.moderations.create(input="I will kill you").results[0].flagged
    assert client.images.generate(model="gpt-image-1", prompt="a cat").data[0].b64_json


@check
def a_model_that_does_something_else():
    error = error_of(lambda: client.embeddings.create(model="tts-1", input="x"))
    assert isinstance(error, openai.BadRequestError)
    assert error.code == "model_not_found"


@check
async def the_async_client():
    async with openai.AsyncOpenAI() as asynchronous:
        answer = await asynchronous.embeddings.create(model="text-embedding-3-small", input="x")
        assert len(answer.data[0].embedding) == 1536
        error = await error_of_async(asynchronous.embeddings.create(model="nobody", input="x"))
        assert isinstance(error, openai.NotFoundError)


run_checks()
