using Metaflow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Reads a partial property of a flow.</summary>
internal static class PropertyReader
{
    public static PropertyModel Read(IPropertySymbol property)
    {
        var declaration = FlowMembers.DeclarationOf(property)!;
        var role = FlowMembers.RoleOf(property);
        return new PropertyModel
        {
            Name = property.Name,
            DiskName = FlowMembers.DiskNameOf(property),
            Role = role,
            Type = TypeText.Full(property.Type),
            TypeOf = TypeText.ForTypeOf(property.Type),
            TypeName = TypeText.AsWritten(property.Type),
            Modifiers = string.Join(" ", declaration.Modifiers.Select(static modifier => modifier.Text)),
            Getter = AccessorOf(declaration, SyntaxKind.GetAccessorDeclaration),
            Setter = AccessorOf(declaration, SyntaxKind.SetAccessorDeclaration) ?? AccessorOf(declaration, SyntaxKind.InitAccessorDeclaration),
            DelegatesToBase = property.OverriddenProperty is { IsAbstract: false },
            Parameter = role == PropertyRole.Artifact ? null : ParameterOf(property, role),
        };
    }

    /// <summary>Reads a service, or returns <see langword="null"/> for one that the analyzer refuses.</summary>
    public static ServiceModel? ReadService(IPropertySymbol property)
    {
        var declaration = FlowMembers.DeclarationOf(property)!;
        return property is { SetMethod: null, Type.IsReferenceType: true } && AccessorOf(declaration, SyntaxKind.GetAccessorDeclaration) is { } getter
            ? new ServiceModel(
                property.Name,
                TypeText.ForTypeOf(property.Type),
                string.Join(" ", declaration.Modifiers.Select(static modifier => modifier.Text)),
                getter,
                property.NullableAnnotation == NullableAnnotation.Annotated)
            : null;
    }

    private static ParameterModel ParameterOf(IPropertySymbol property, PropertyRole role)
    {
        var attribute = MetaflowTypes.AttributeOf(property, role == PropertyRole.Parameter ? "ParameterAttribute" : "IncludeFileAttribute")!;
        var given = attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "Default").Value;
        var isGiven = given.Kind != TypedConstantKind.Error && !given.IsNull;
        return new ParameterModel(
            isGiven ? ConstantText.OfDefault(given, property.Type) : null,
            role == PropertyRole.Parameter ? DefaultFromOf(property, attribute) : null,
            MetaflowTypes.Named(attribute, "Required") is true,
            MetaflowTypes.Text(attribute, "Help") ?? DocumentationText.SummaryOf(property),
            role == PropertyRole.Parameter ? MetaflowTypes.Text(attribute, "Separator") : MetaflowTypes.Text(attribute, "Encoding") ?? "utf-8");
    }

    private static string? DefaultFromOf(IPropertySymbol property, AttributeData attribute)
        => MetaflowTypes.Text(attribute, "DefaultFrom") is { } name && DefaultMethods.Find(property.ContainingType, name) is { } method ? TypeText.Identifier(method.Name) : null;

    private static string? AccessorOf(PropertyDeclarationSyntax declaration, SyntaxKind kind)
        => declaration.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(kind)) is { } accessor
            ? string.Join(" ", accessor.Modifiers.Select(static modifier => modifier.Text).Append(accessor.Keyword.Text))
            : null;
}
