using System.Globalization;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Naming;
using Microsoft.Extensions.Configuration;

namespace Metaflow.Hosting;

/// <summary>Reads the configurations of flows from a host's configuration: a section for each.</summary>
/// <param name="section">The section that holds them.</param>
internal sealed class ConfiguredConfigs(IConfigurationSection section) : IConfigSource
{
    /// <summary>The key of the section below that of the settings.</summary>
    public const string Key = "Configs";

    /// <inheritdoc/>
    public object? Find(ConfigDefinition config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var found = section.GetChildren().FirstOrDefault(child => SnakeCase.FromMember(child.Key) == config.Name && child.Exists());
        return found is null ? null : Plain(found, config.ValueType);
    }

    private static object? Plain(IConfigurationSection section, Type? type)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            return section.Value is { } text ? Scalar(text, type) : null;
        }

        if (children.TrueForAll(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            && !IsDictionary(type))
        {
            return children.OrderBy(static child => int.Parse(child.Key, CultureInfo.InvariantCulture))
                .Select(child => Plain(child, ArgumentOf(type))).ToList();
        }

        return children.ToDictionary(static child => child.Key, child => Plain(child, MemberOf(type, child.Key)));
    }

    /// <summary>A host knows texts alone: what a text means follows from the member's type, else from how it looks.</summary>
    private static object Scalar(string text, Type? type)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type is not null && type != typeof(object))
        {
            return new ConfigNode { Kind = ConfigNodeKind.Loose, Text = text };
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : text;
    }

    private static bool IsDictionary(Type? type)
        => type is { IsGenericType: true } && type.GetGenericArguments() is [var key, _] && key == typeof(string);

    private static Type? MemberOf(Type? type, string key)
        => IsDictionary(type) ? ArgumentOf(type)
            : type?.GetProperties()
                .FirstOrDefault(property => SnakeCase.FromMember(property.Name) == SnakeCase.FromMember(key))?.PropertyType;

    private static Type? ArgumentOf(Type? type)
        => type is { IsArray: true } ? type.GetElementType() : type is { IsGenericType: true } ? type.GetGenericArguments()[^1] : null;
}
