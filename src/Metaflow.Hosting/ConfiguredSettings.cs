using Metaflow.Naming;
using Microsoft.Extensions.Configuration;

namespace Metaflow.Hosting;

/// <summary>Reads settings from a section of the host's configuration.</summary>
internal static class ConfiguredSettings
{
    /// <summary>Reads them.</summary>
    /// <param name="section">The section, or <see langword="null"/>.</param>
    /// <returns>The settings by the names of their environment variables.</returns>
    public static Dictionary<string, string> Read(IConfigurationSection? section)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, value) in section?.AsEnumerable(makePathsRelative: true) ?? [])
        {
            // The configurations of flows are not settings.
            var isConfig = path.StartsWith(ConfiguredConfigs.Key + ":", StringComparison.OrdinalIgnoreCase);
            if (value is not null && path.Length > 0 && !isConfig)
            {
                settings["METAFLOW_" + string.Join('_', path.Split(':').Select(NameOf))] = value;
            }
        }

        return settings;
    }

    // Names that come from environment variables are in capitals already.
    private static string NameOf(string key) => key.Any(char.IsLower) ? SnakeCase.FromMember(key).ToUpperInvariant() : key;
}
