using System.Reflection;

namespace Metaflow.Settings;

/// <summary>The version of Metaflow for .NET.</summary>
public static class ProductVersion
{
    /// <summary>Gets the version, such as <c>0.1.0</c>, without the revision of the source.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        var assembly = typeof(ProductVersion).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        return version.Split('+')[0];
    }
}
