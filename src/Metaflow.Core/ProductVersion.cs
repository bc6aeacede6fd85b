namespace Metaflow;

/// <summary>The version of this product, and the one of the reference whose formats it writes.</summary>
internal static class ProductVersion
{
    /// <summary>The product's version; the packages have the same.</summary>
    public const string Text = "0.1.0";

    /// <summary>The version of Metaflow whose formats are written; services compare it.</summary>
    public const string Formats = "2.19.38";

    /// <summary>The text kept as <c>metaflow_version</c> with every run.</summary>
    public const string Recorded = Formats + "+dotnet" + Text;
}
