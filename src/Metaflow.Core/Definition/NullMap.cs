using System.Reflection;

namespace Metaflow.Definition;

/// <summary>Where inside a type <see langword="null"/> may stand, which the type itself does not tell of references.</summary>
internal sealed class NullMap
{
    private readonly NullMap? _element;

    private NullMap(bool allowsNull, NullMap? element) => (AllowsNull, _element) = (allowsNull, element);

    /// <summary>Gets the map of a type of which nothing is known.</summary>
    public static NullMap Unknown { get; } = new(true, null);

    /// <summary>Gets a value indicating whether <see langword="null"/> may stand here; value types are asked themselves.</summary>
    public bool AllowsNull { get; }

    /// <summary>Gets the map of the items, or of a dictionary's values.</summary>
    public NullMap Element => _element ?? Unknown;

    /// <summary>Returns this map with <see langword="null"/> allowed at its top.</summary>
    public NullMap WithNull() => new(true, _element);

    /// <summary>Returns this map with <see langword="null"/> refused at its top.</summary>
    public NullMap WithoutNull() => new(false, _element);

    /// <summary>Reads the map from a type as an author writes it: <c>IReadOnlyList&lt;string?&gt;</c>.</summary>
    public static NullMap Parse(string typeName)
    {
        var name = typeName.Trim();
        var allowsNull = name.EndsWith('?');
        name = name.TrimEnd('?');
        if (name.EndsWith("[]", StringComparison.Ordinal))
        {
            return new(allowsNull, Parse(name[..^2]));
        }

        return name.IndexOf('<', StringComparison.Ordinal) is var open and > 0 && name.EndsWith('>')
            ? new(allowsNull, Parse(LastArgument(name[(open + 1)..^1])))
            : new(allowsNull, null);
    }

    /// <summary>Reads the map of a record's member.</summary>
    public static NullMap Of(ICustomAttributeProvider? member) => member switch
    {
        PropertyInfo property => Of(new NullabilityInfoContext().Create(property)),
        FieldInfo field => Of(new NullabilityInfoContext().Create(field)),
        _ => Unknown,
    };

    private static NullMap Of(NullabilityInfo info)
    {
        var element = info.ElementType ?? info.GenericTypeArguments.LastOrDefault();
        return new(info.ReadState != NullabilityState.NotNull, element is null ? null : Of(element));
    }

    private static string LastArgument(string arguments)
    {
        var depth = 0;
        for (var at = arguments.Length - 1; at >= 0; at--)
        {
            depth += arguments[at] switch { '>' or ')' => 1, '<' or '(' => -1, _ => 0 };
            if (arguments[at] == ',' && depth == 0)
            {
                return arguments[(at + 1)..];
            }
        }

        return arguments;
    }
}
