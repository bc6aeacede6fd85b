using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>The values of a Metaflow attribute in the source.</summary>
internal sealed class DecoratorValues(AttributeData attribute)
{
    /// <summary>Gets the name of the attribute's class; empty for an attribute that is not Metaflow's.</summary>
    public string Kind => attribute.AttributeClass is { } type && MetaflowTypes.Is(type, type.Name) ? type.Name : "";

    /// <summary>Gets a value indicating whether the source has errors here, which the compiler tells.</summary>
    public bool HasErrors
        => attribute.NamedArguments.Select(static argument => argument.Value).Concat(attribute.ConstructorArguments)
            .Any(static value => value.Kind == TypedConstantKind.Error);

    /// <summary>Gets the texts that the constructor is given, one by one or as a list.</summary>
    public IReadOnlyList<string?> Given => [.. attribute.ConstructorArguments.SelectMany(TextsOf)];

    public string? Text(string name) => MetaflowTypes.Text(attribute, name);

    public bool Flag(string name, bool whenNotGiven) => MetaflowTypes.Named(attribute, name) is bool flag ? flag : whenNotGiven;

    public double Number(string name, double whenNotGiven)
        => MetaflowTypes.Named(attribute, name) is { } number and not string
            ? Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture)
            : whenNotGiven;

    /// <summary>Returns the number that the constructor is given.</summary>
    public double FirstNumber(double whenNotGiven)
        => attribute.ConstructorArguments.Length > 0 && attribute.ConstructorArguments[0].Value is int number ? number : whenNotGiven;

    public IEnumerable<KeyValuePair<string, double>> Numbers(double whenNotGiven, params string[] names)
        => names.Select(name => new KeyValuePair<string, double>(name, Number(name, whenNotGiven)));

    public IReadOnlyList<string?> Texts(string name)
        => [.. attribute.NamedArguments.Where(argument => argument.Key == name).SelectMany(static argument => TextsOf(argument.Value))];

    private static IEnumerable<string?> TextsOf(TypedConstant value) => value switch
    {
        { Kind: TypedConstantKind.Array, IsNull: true } => [],
        { Kind: TypedConstantKind.Array } => value.Values.Select(static item => item.Value as string),
        _ => [value.Value as string],
    };
}
