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
            Type = CSharpTypeName.Full(property.Type),
            TypeOf = CSharpTypeName.ForTypeOf(property.Type),
            TypeName = CSharpTypeName.AsWritten(property.Type),
            Modifiers = string.Join(" ", declaration.Modifiers.Select(static modifier => modifier.Text)),
            Getter = AccessorOf(declaration, SyntaxKind.GetAccessorDeclaration),
            Setter = AccessorOf(declaration, SyntaxKind.SetAccessorDeclaration)
                ?? AccessorOf(declaration, SyntaxKind.InitAccessorDeclaration),
            DelegatesToBase = property.OverriddenProperty is { IsAbstract: false },
            Parameter = role switch
            {
                PropertyRole.Artifact => null,
                PropertyRole.Config => ConfigOf(property),
                _ => ParameterOf(property, role),
            },
        };
    }

    /// <summary>Reads a service, or returns <see langword="null"/> for one that the analyzer refuses.</summary>
    public static ServiceModel? ReadService(IPropertySymbol property)
    {
        var declaration = FlowMembers.DeclarationOf(property)!;
        return property is { SetMethod: null, Type.IsReferenceType: true }
            && AccessorOf(declaration, SyntaxKind.GetAccessorDeclaration) is { } getter
            ? new ServiceModel(
                property.Name,
                CSharpTypeName.ForTypeOf(property.Type),
                string.Join(" ", declaration.Modifiers.Select(static modifier => modifier.Text)),
                getter,
                property.NullableAnnotation == NullableAnnotation.Annotated)
            : null;
    }

    private static ParameterModel ParameterOf(IPropertySymbol property, PropertyRole role)
    {
        var attribute = MetaflowTypes.AttributeOf(
            property, role == PropertyRole.Parameter ? "ParameterAttribute" : "IncludeFileAttribute")!;
        var given = attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "Default").Value;
        var isGiven = given.Kind != TypedConstantKind.Error && !given.IsNull;
        var computed = role == PropertyRole.Parameter ? DefaultFromOf(property, attribute) : null;
        return new ParameterModel(
            isGiven ? ConstantText.OfDefault(given, property.Type) : null,
            computed,
            MetaflowTypes.Named(attribute, "Required") is true || (!isGiven && computed is null && CannotBeNull(property)),
            MetaflowTypes.Text(attribute, "Help") ?? DocumentationText.SummaryOf(property),
            role == PropertyRole.Parameter
                ? MetaflowTypes.Text(attribute, "Separator")
                : MetaflowTypes.Text(attribute, "Encoding") ?? "utf-8");
    }

    /// <summary>Reads what is said of a configuration: its default is a value, the path of its default file a detail.</summary>
    private static ParameterModel ConfigOf(IPropertySymbol property)
    {
        var attribute = MetaflowTypes.AttributeOf(property, "ConfigAttribute")!;
        var value = attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "DefaultValue").Value;
        var isGiven = value.Kind != TypedConstantKind.Error && !value.IsNull;
        var isOptional = property.NullableAnnotation == NullableAnnotation.Annotated
            || property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return new ParameterModel(
            isGiven ? ConstantText.Of(value) : null,
            null,
            MetaflowTypes.Named(attribute, "Required") is true || !isOptional,
            MetaflowTypes.Text(attribute, "Help") ?? DocumentationText.SummaryOf(property),
            MetaflowTypes.Text(attribute, "Default"));
    }

    /// <summary>Without a value a run would fail in the first step that reads such a parameter.</summary>
    private static bool CannotBeNull(IPropertySymbol property)
        => property.NullableAnnotation == NullableAnnotation.NotAnnotated
            && property.Type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T;

    private static string? DefaultFromOf(IPropertySymbol property, AttributeData attribute)
        => MetaflowTypes.Text(attribute, "DefaultFrom") is { } name && DefaultMethods.Find(property.ContainingType, name) is { } method
            ? CSharpTypeName.Identifier(method.Name)
            : null;

    private static string? AccessorOf(PropertyDeclarationSyntax declaration, SyntaxKind kind)
        => declaration.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(kind)) is { } accessor
            ? string.Join(" ", accessor.Modifiers.Select(static modifier => modifier.Text).Append(accessor.Keyword.Text))
            : null;
}
