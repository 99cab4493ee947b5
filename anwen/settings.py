"""Every setting, typed, read once from the environment (ANWEN_*)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import ConfigError

CHECKOUT = Path(__file__).resolve().parent.parent
CORPUS = CHECKOUT / "corpus"


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="ANWEN_", env_ignore_empty=True)

    home: Path = Field(Path(".anwen"), description="数据目录，索引等一切可写内容都在其下")
    chroma_url: str | None = Field(None, description="Chroma 服务的地址；不设则嵌入在索引目录里")
    embedding_model: str = Field(
        str(CORPUS / "models" / "static"), description="向量模型：文件夹，或 sentence-transformers 的名字"
    )
    bureau: str = Field("jinjiang", description="哪个主管部门：corpus/bureaus 下的文件名")


@cache
def settings() -> Settings:
    """The settings, read from the environment once. Raises ConfigError naming the bad one."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        names = "、".join(f"ANWEN_{str(e['loc'][0]).upper()}" for e in error.errors())
        raise ConfigError(f"环境变量 {names} 的值不对：{error.errors()[0]['msg']}") from error
