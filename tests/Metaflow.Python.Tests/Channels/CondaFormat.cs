namespace Metaflow.Python.Tests.Channels;

/// <summary>The format of a conda package's file.</summary>
public enum CondaFormat
{
    /// <summary>A zip of two archives that Zstandard compressed.</summary>
    Conda,

    /// <summary>One archive that bzip2 compressed: the older format.</summary>
    TarBz2,
}
