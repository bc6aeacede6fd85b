using System.Collections;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Configs;

/// <summary>Finds parts of plain data by paths such as <c>model.learning_rate</c>. Case and underscores do not count: files are written in
/// any style.</summary>
internal static class ConfigKeys
{
    /// <summary>Returns a name without what does not count.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The name in lower case without dashes and underscores.</returns>
    public static string Bare(string name)
        => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Finds a part.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">The keys, and indices of lists.</param>
    /// <param name="value">The part.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(object? data, IEnumerable<string> path, out object? value)
    {
        value = data;
        foreach (var key in path)
        {
            if (!TryStep(value, key, out value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the error of a part that is not there.</summary>
    /// <param name="text">The text that refers to it.</param>
    /// <param name="path">The path, the configuration's name first.</param>
    /// <param name="data">The configuration.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException Missing(string text, IReadOnlyList<string> path, object? data)
    {
        var depth = Enumerable.Range(1, path.Count).First(count => !TryFind(data, path.Skip(1).Take(count), out _));
        TryFind(data, path.Skip(1).Take(depth - 1), out var container);
        var known = container is IDictionary members ? members.Keys.Cast<object>().Select(static key => key.ToString() ?? "").ToList() : [];
        var closest = ClosestName.Find(path[depth], known);
        var owner = string.Join('.', path.Take(depth));
        return new(
            ErrorCodes.UnknownConfigKey,
            $"'{text}' refers to '{string.Join('.', path)}', which does not exist.",
            known.Count == 0
                ? $"'{owner}' has no keys."
                : $"'{owner}' has the keys {string.Join(", ", known.Select(static key => $"'{key}'"))}.",
            closest is null ? "Correct the reference, or add the key to the configuration." : $"Did you mean '{closest}'?")
        { ExitCode = ExitCodes.Usage };
    }

    /// <summary>Makes the error of a reference that begins with what is nearly the name of a configuration.</summary>
    /// <param name="text">The text that refers to it.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="name">The name that it begins with.</param>
    /// <param name="closest">The configuration that is probably meant.</param>
    /// <param name="known">The names of all.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException NoConfig(string text, string reference, string name, string closest, IEnumerable<string> known)
        => new(
            ErrorCodes.UnknownConfigKey,
            $"'{text}' refers to '{reference}', but there is no configuration '{name}'.",
            $"The configurations are {string.Join(", ", known.Select(static one => $"'{one}'"))}.",
            $"Did you mean '{closest}'?")
        { ExitCode = ExitCodes.Usage };

    private static bool TryStep(object? data, string key, out object? value)
    {
        value = null;
        if (data is IList items)
        {
            var isIndex = int.TryParse(
                key,
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out var index) && index < items.Count;
            value = isIndex ? items[index] : null;
            return isIndex;
        }

        if (data is not IDictionary members)
        {
            return false;
        }

        if (members.Contains(key))
        {
            value = members[key];
            return true;
        }

        foreach (DictionaryEntry member in members)
        {
            if (member.Key is string name && Bare(name) == Bare(key))
            {
                value = member.Value;
                return true;
            }
        }

        return false;
    }
}
